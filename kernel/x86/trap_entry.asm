; Trap entry and exit: from a vector to DispatchTrap and back. The frame's layout is trap_frame.h's.
; Calling convention: the kernel's, arguments in EAX, EDX, ECX (cmake/kernel.cmake).
; Invariants: C++ runs with DF and AC clear, kernel segments and a 16-byte aligned stack. Interrupts stay
;   disabled: every gate is an interrupt gate. FS and GS stay the program's: the kernel uses neither.
; Why a return to user mode cannot fault: the selectors in the frame were loaded in user mode when the trap
;   came, and descriptors never change their kind (gdt.h); whoever writes selectors or flags into a frame
;   passes it through SanitizeUserFrame.

%include "kernel/x86/user_access.inc"

KERNEL_CODE     equ 0x08
KERNEL_DATA     equ 0x10
SELECTOR_RPL    equ 3
USER_CODE       equ 0x1B
USER_DATA       equ 0x23
FRAME_VECTOR    equ 12 * 4              ; offsetof(TrapFrame, vector)
FRAME_EIP       equ 14 * 4
FRAME_CS        equ 15 * 4
FRAME_EFLAGS    equ 16 * 4
FRAME_DWORDS    equ 19                  ; sizeof(TrapFrame) / 4

FLAG_ALWAYS     equ 1 << 1
FLAG_TRAP       equ 1 << 8
FLAG_INTERRUPT  equ 1 << 9

FIRST_RESERVED  equ 32
SYSTEM_CALL     equ 0x2E
FAST_CALL       equ 0x2F                ; kVectorFastCall: no gate has it.
FIRST_IRQ       equ 0x40
IRQS            equ 16

extern DispatchTrap
extern DispatchFastCall
extern g_fast_call_return
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

; A segment register pushed as such may leave the upper half of its slot as it was (SDM vol. 2B, PUSH).
%macro PUSH_SEGMENT 1
        push    dword 0
        mov     [esp], %1               ; 16 bits.
%endmacro

; The rest of a TrapFrame, from the general registers down; DS and ES are the kernel's after it.
%macro PUSH_REGISTERS 0
        pushad
        PUSH_SEGMENT ds
        PUSH_SEGMENT es
        PUSH_SEGMENT fs
        PUSH_SEGMENT gs
        mov     eax, KERNEL_DATA
        mov     ds, eax
        mov     es, eax
%endmacro

EnterTrap:
        PUSH_REGISTERS
        cld
        FORBID_USER_ACCESS
        mov     ebx, esp
        test    byte [ebx + FRAME_CS], SELECTOR_RPL
        jz      .from_kernel
        xor     ebp, ebp                ; A stack walk ends here: the rest is the program's.
.from_kernel:
        and     esp, -16
        mov     eax, ebx
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

; SYSENTER comes here with ESP at the top of the kernel stack, IF clear and all other flags the program's
; (SDM vol. 3A, 5.8.7). EDX is its stack pointer. A program that single-steps traps at the first instruction:
; DispatchTrap lets that one go on at EnterFastCallStepped.
global EnterFastCall, EnterFastCallStepped
EnterFastCallStepped:
        push    dword USER_DATA
        push    edx
        pushfd
        or      dword [esp], FLAG_TRAP
        jmp     EnterFastCall.flags_pushed
EnterFastCall:
        push    dword USER_DATA
        push    edx
        pushfd
.flags_pushed:
        or      dword [esp], FLAG_INTERRUPT
        push    dword FLAG_ALWAYS       ; No DF, no AC, and no NT, which would make IRET a task switch.
        popfd
        push    dword USER_CODE
        push    dword [cs:g_fast_call_return]
        push    dword 0
        push    dword FAST_CALL
        PUSH_REGISTERS
        xor     ebp, ebp
        mov     ebx, esp
        sub     esp, 4                  ; The frame's size leaves the stack aligned with this.
        mov     eax, ebx
        call    DispatchFastCall
        mov     esp, ebx
        ; SYSEXIT loses ECX and EDX, and cannot set TF: only for a frame that nobody wrote to.
        cmp     dword [esp + FRAME_VECTOR], FAST_CALL
        jne     LeaveTrap
        test    dword [esp + FRAME_EFLAGS], FLAG_TRAP
        jnz     LeaveTrap
        pop     gs
        pop     fs
        pop     es
        pop     ds
        popad
        mov     edx, [esp + FRAME_EIP - FRAME_VECTOR]
        mov     ecx, [esp + FRAME_EFLAGS + 4 - FRAME_VECTOR]
        and     dword [esp + FRAME_EFLAGS - FRAME_VECTOR], ~FLAG_INTERRUPT
        add     esp, FRAME_EFLAGS - FRAME_VECTOR
        popfd
        sti                             ; From after the next instruction on (SDM vol. 2B, STI).
        sysexit

; void LeaveToUser(const TrapFrame* frame, u32 stack_top): the frame is copied to the top of the kernel stack,
; which may hold `frame` itself: so backwards, and without using the stack.
global LeaveToUser
LeaveToUser:
        mov     esi, eax
        mov     edi, edx
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
