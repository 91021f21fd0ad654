; The table of kernel/symbols.cpp, made by tools/lib/make_symbols.py: assembled once with an empty
; table for the first link and once with the real one (cmake/symbols.cmake gives the directory).
section .symbols progbits alloc noexec nowrite align=4
global fl_symbol_table
fl_symbol_table:
  incbin "symbols.bin"

; Without it, the linker takes the program to want an executable stack.
section .note.GNU-stack noalloc noexec nowrite progbits
