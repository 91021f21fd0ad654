; From the loader to KernelMain: page tables for the first 8 MiB, the jump to the address that the kernel is
; linked at, a stack.
; Source: Multiboot Specification 0.6.96, 3.2 "Machine state": protected mode, flat segments, paging off,
;   interrupts off, EAX = magic, EBX = physical address of the information.
; Invariants: the loader's segments stay loaded until InitTraps loads ours, so nothing here may reload one.
;   Until then a trap resets the machine.

KERNEL_BASE      equ 0x80000000
PAGE_SIZE        equ 4096
BOOT_TABLES      equ 2                  ; 8 MiB: the kernel image fits (linker.ld checks), 4 KiB pages as on a 486.
STACK_SIZE       equ 16384

PTE_PRESENT      equ 1 << 0
PTE_WRITE        equ 1 << 1
CR0_WP           equ 1 << 16
CR0_PG           equ 1 << 31

MULTIBOOT_MAGIC  equ 0x1BADB002
PAGE_ALIGN       equ 1 << 0             ; Modules begin at a page.
MEMORY_INFO      equ 1 << 1
MULTIBOOT_FLAGS  equ PAGE_ALIGN | MEMORY_INFO

section .multiboot progbits alloc noexec nowrite align=4
        dd MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

section .text
extern KernelMain
global Start
Start:
        cli
        cld
        mov     esi, eax
        mov     edi, boot_tables - KERNEL_BASE
        mov     ecx, BOOT_TABLES * 1024
        mov     eax, PTE_PRESENT | PTE_WRITE
.fill:
        stosd
        add     eax, PAGE_SIZE
        loop    .fill

        ; The same tables twice: where we run, and where we are linked.
        mov     edi, boot_directory - KERNEL_BASE
        mov     eax, boot_tables - KERNEL_BASE + (PTE_PRESENT | PTE_WRITE)
%assign i 0
%rep BOOT_TABLES
        mov     [edi + i * 4], eax
        mov     [edi + (KERNEL_BASE >> 20) + i * 4], eax
        add     eax, PAGE_SIZE
%assign i i + 1
%endrep
        mov     cr3, edi
        mov     eax, cr0
        or      eax, CR0_PG | CR0_WP
        mov     cr0, eax
        mov     eax, .high
        jmp     eax
.high:
        ; Address 0 is nobody's from here on.
        xor     eax, eax
%assign i 0
%rep BOOT_TABLES
        mov     [boot_directory + i * 4], eax
%assign i i + 1
%endrep
        mov     eax, cr3
        mov     cr3, eax

        mov     esp, boot_stack_top
        xor     ebp, ebp                ; The end of every stack walk.
        mov     eax, esi
        mov     edx, ebx
        call    KernelMain
        ud2

section .bss.boot nobits alloc noexec write align=4096
global boot_directory, boot_tables, boot_stack_guard, boot_stack_top
boot_directory:
        resb    PAGE_SIZE
boot_tables:
        resb    BOOT_TABLES * PAGE_SIZE
boot_stack_guard:                       ; Unmapped by InitDirectMap.
        resb    PAGE_SIZE
        resb    STACK_SIZE
boot_stack_top:
