; Trap entry and exit: from a vector to DispatchTrap and back. The frame's layout is trap_frame.h's.
; Invariants: C++ runs with DF and AC clear, kernel segments and a 16-byte aligned stack. Interrupts stay
;   disabled: every gate is an interrupt gate.
; Why a return to user mode cannot fault: the selectors in the frame were loaded in user mode when the trap
;   came, and descriptors never change their kind (gdt.h); whoever writes selectors or flags into a frame
;   passes it through SanitizeUserFrame.

%include "kernel/x86/user_access.inc"

KERNEL_CODE     equ 0x08
KERNEL_DATA     equ 0x10
SELECTOR_RPL    equ 3
FRAME_CS        equ 15 * 4              ; offsetof(TrapFrame, cs)
FRAME_DWORDS    equ 19                  ; sizeof(TrapFrame) / 4

FIRST_RESERVED  equ 32
SYSTEM_CALL     equ 0x2E
FIRST_IRQ       equ 0x40
IRQS            equ 16

extern DispatchTrap
extern ReportDoubleFault

section .text

; The processor pushes an error code for some vectors (SDM vol. 3A, table 6-1); the others push 0 for it.
%macro STUB 1
stub_%1:
%if %1 != 8 && (%1 < 10 || %1 > 14) && %1 != 17 && %1 != 21
        push    dword 0
%endif
        push    dword %1
        jmp     EnterTrap
%endmacro

%assign vector 0
%rep FIRST_RESERVED
        STUB    vector
%assign vector vector + 1
%endrep
        STUB    SYSTEM_CALL
%assign vector FIRST_IRQ
%rep IRQS
        STUB    vector
%assign vector vector + 1
%endrep

; A segment register pushed as such may leave the upper half of its slot as it was (SDM vol. 2B, PUSH), and
; MOV to a 32-bit register may leave the upper half undefined before the Pentium Pro.
%macro PUSH_SEGMENT 1
        xor     eax, eax
        mov     ax, %1
        push    eax
%endmacro

EnterTrap:
        pushad
        PUSH_SEGMENT ds
        PUSH_SEGMENT es
        PUSH_SEGMENT fs
        PUSH_SEGMENT gs
        mov     eax, KERNEL_DATA
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        cld
        FORBID_USER_ACCESS
        mov     ebx, esp
        test    byte [ebx + FRAME_CS], SELECTOR_RPL
        jz      .from_kernel
        xor     ebp, ebp                ; A stack walk ends here: the rest is the program's.
.from_kernel:
        and     esp, -16
        sub     esp, 12
        push    ebx
        call    DispatchTrap
        mov     esp, ebx
LeaveTrap:
        pop     gs
        pop     fs
        pop     es
        pop     ds
        popad
        add     esp, 8                  ; Vector and error code.
        iret

; void LeaveToUser(const TrapFrame* frame, u32 stack_top): the frame is copied to the top of the kernel stack,
; which may hold `frame` and this call's own arguments: so backwards, and without using the stack.
global LeaveToUser
LeaveToUser:
        mov     esi, [esp + 4]
        mov     edi, [esp + 8]
        lea     edx, [edi - FRAME_DWORDS * 4]
        add     esi, (FRAME_DWORDS - 1) * 4
        sub     edi, 4
        mov     ecx, FRAME_DWORDS
        std
        rep     movsd
        cld
        mov     esp, edx
        jmp     LeaveTrap

; The double-fault task begins here, on its own stack.
global EnterDoubleFault
EnterDoubleFault:
        cld
        xor     ebp, ebp
        and     esp, -16
        call    ReportDoubleFault
        ud2

section .rodata
align 4
global kTrapStubs, kTrapStubsEnd
%macro LIST 1
        dd      %1, stub_%1
%endmacro
kTrapStubs:
%assign vector 0
%rep FIRST_RESERVED
        LIST    vector
%assign vector vector + 1
%endrep
        LIST    SYSTEM_CALL
%assign vector FIRST_IRQ
%rep IRQS
        LIST    vector
%assign vector vector + 1
%endrep
kTrapStubsEnd:
