; The only instructions of the kernel that may fault on user memory or on a view. Each range of them is listed
; with the place where FixUpKernelFault lets it continue, with the status in EAX, if the fault cannot be
; resolved. An instruction that sleeps in a fault resumes where it was: REP keeps its state in registers
; (SDM vol. 2B, REP).
; Calling convention: the kernel's, arguments in EAX, EDX, ECX (cmake/kernel.cmake).
%include "kernel/x86/user_access.inc"

%macro MAY_FAULT 3                      ; From, to, and where it fails.
section .rodata.fault_fix_ups progbits alloc noexec nowrite align=4
        dd      %1, %2, %3
section .text
%endmacro

section .text

; Status CopySafely(void* to, const void* from, u32 size)
global CopySafely
CopySafely:
        push    esi
        push    edi
        mov     edi, eax
        mov     esi, edx
        mov     edx, ecx
        shr     ecx, 2
        and     edx, 3
        ALLOW_USER_ACCESS
.start:
        rep     movsd
        mov     ecx, edx
        rep     movsb
.end:
        xor     eax, eax                ; Status::kSuccess.
.failed:
        FORBID_USER_ACCESS
        pop     edi
        pop     esi
        ret
        MAY_FAULT .start, .end, .failed

; Status ProbeSafely(void* address): one write, which changes nothing whatever other threads do.
global ProbeSafely
ProbeSafely:
        ALLOW_USER_ACCESS
.start:
        lock or byte [eax], 0
.end:
        xor     eax, eax
.failed:
        FORBID_USER_ACCESS
        ret
        MAY_FAULT .start, .end, .failed

; Status ReadWordSafely(u32* to, const void* from)
global ReadWordSafely
ReadWordSafely:
        ALLOW_USER_ACCESS
.start:
        mov     edx, [edx]
.end:
        mov     [eax], edx
        xor     eax, eax
.failed:
        FORBID_USER_ACCESS
        ret
        MAY_FAULT .start, .end, .failed

; Status WriteWordSafely(void* to, u32 value)
global WriteWordSafely
WriteWordSafely:
        ALLOW_USER_ACCESS
.start:
        mov     [eax], edx
.end:
        xor     eax, eax
.failed:
        FORBID_USER_ACCESS
        ret
        MAY_FAULT .start, .end, .failed
