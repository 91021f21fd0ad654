# The kernel target: freestanding i486 code, no floating point, no runtime library.
set(FL_KERNEL_FLAGS -m32 -march=i486 -mgeneral-regs-only -ffreestanding -fbuiltin -fno-pic -fno-stack-protector
    # Arguments in EAX, EDX, ECX, small results in EAX and EDX; the assembly relies on it.
    -mregparm=3 -freg-struct-return
    -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-omit-frame-pointer -fno-use-cxa-atexit
    -fcf-protection=none -ffunction-sections -fdata-sections
    # A page is cleared or copied by one instruction, in place.
    -mmemset-strategy=unrolled_loop:16:noalign,rep_4byte:8192:noalign,libcall:-1:noalign
    -mmemcpy-strategy=unrolled_loop:16:noalign,rep_4byte:8192:noalign,libcall:-1:noalign
    # No frame may reach over a stack's guard page.
    -Wframe-larger-than=2048)
target_compile_options(fl_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${FL_KERNEL_FLAGS}>")
# The rooms are small and call one another for every fault: the compiler may look across their walls.
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
string(REPLACE "-O2" "-O3" CMAKE_CXX_FLAGS_RELWITHDEBINFO "${CMAKE_CXX_FLAGS_RELWITHDEBINFO}")
set(CMAKE_ASM_NASM_OBJECT_FORMAT elf32)
set(CMAKE_ASM_NASM_FLAGS "-w+all -w+error")
