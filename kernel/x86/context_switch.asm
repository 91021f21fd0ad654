; SwitchContext: one kernel thread to another. Only what the calling convention preserves is saved
; (System V ABI i386, 2.2.2; arguments in EAX, EDX: cmake/kernel.cmake): the rest is the compiler's, at the call.
section .text

; void SwitchContext(u32* save, u32 load)
global SwitchContext
SwitchContext:
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     [eax], esp
        mov     esp, edx
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        ret

; Where a new stack begins: EDI = entry, ESI = argument, EBP = 0, the stack 16-byte aligned (PrepareStack).
global StartThread
StartThread:
        mov     eax, esi
        call    edi
        ud2
