# reloc_table: 20,000 pointers, entry i to reloc_target + i.
# reloc_packed: 4,096 pointers at odd addresses: groups of five bytes, so that some straddle pages.
# reloc_edges: a pointer across each page edge, at every one of the three offsets.
        .globl _reloc_target, _reloc_table, _reloc_packed, _reloc_edges
        .data
        .balign 4096
_reloc_target:
        .space 32768, 0x5A

        .section .rdata, "dr"
        .balign 4096
_reloc_table:
        .set i, 0
        .rept 20000
        .long _reloc_target + i
        .set i, i + 1
        .endr

        .balign 4096
_reloc_packed:
        .set i, 0
        .rept 4096
        .byte 0xEE
        .long _reloc_target + i
        .set i, i + 1
        .endr

        .balign 4096
_reloc_edges:
        .space 4093, 0xDD
        .long _reloc_target + 1
        .space 4093, 0xDD
        .long _reloc_target + 2
        .space 4093, 0xDD
        .long _reloc_target + 3
        .space 1, 0xDD
