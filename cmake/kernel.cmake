# The kernel target: freestanding i486 code, no floating point, no runtime library.
set(FL_KERNEL_FLAGS -m32 -march=i486 -mgeneral-regs-only -ffreestanding -fno-pic -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-omit-frame-pointer -fno-use-cxa-atexit
    -fcf-protection=none -ffunction-sections -fdata-sections
    # No frame may reach over a stack's guard page.
    -Wframe-larger-than=2048)
target_compile_options(fl_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${FL_KERNEL_FLAGS}>")
set(CMAKE_ASM_NASM_OBJECT_FORMAT elf32)
set(CMAKE_ASM_NASM_FLAGS "-w+all -w+error")
