        .globl _big_table
        .section .big, "dr"
        .balign 4096
_big_table:
        .incbin "big20_table.bin"
