// rude: its DllMain keeps no register that it ought to keep, and leaves its arguments on the stack.
#include "dll.h"

__asm__(
    ".globl _DllMain@12\n"
    "_DllMain@12:\n"
    "  movl $0xbadbadba, %ebx\n"
    "  movl %ebx, %esi\n"
    "  movl %ebx, %edi\n"
    "  movl %ebx, %ebp\n"
    "  movl $1, %eax\n"
    "  std\n"
    "  ret\n");
void RudeDo(void) {}
