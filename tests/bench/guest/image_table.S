        .globl _table
        .section .table, "dw"
        .balign 4096
_table:
        .fill 1024 * 4096 / 4, 4, 0x7AB1E000
