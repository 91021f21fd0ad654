; CopySafely: the bytes between kCopySafelyStart and kCopySafelyEnd may fault; FixUpKernelFault then continues
; at CopySafelyFailed with the status in EAX. A copy that sleeps in a fault resumes where it was: REP keeps its
; state in registers (SDM vol. 2B, REP).
section .text

; Status CopySafely(void* to, const void* from, u32 size)
global CopySafely, CopySafelyFailed, kCopySafelyStart, kCopySafelyEnd
CopySafely:
        push    esi
        push    edi
        mov     edi, [esp + 12]
        mov     esi, [esp + 16]
        mov     edx, [esp + 20]
        mov     ecx, edx
        shr     ecx, 2
        and     edx, 3
kCopySafelyStart:
        rep     movsd
        mov     ecx, edx
        rep     movsb
kCopySafelyEnd:
        xor     eax, eax                ; Status::kSuccess.
CopySafelyFailed:
        pop     edi
        pop     esi
        ret
