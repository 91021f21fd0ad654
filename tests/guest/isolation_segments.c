// isolation, segments: selectors of the kernel, far transfers, traps while segment registers hold what no
// compiler expects.
#include "isolation.h"

#define ACT(name, instructions)                                                       \
  static ULONG name(ULONG argument) {                                                 \
    __asm__ volatile(instructions : "+a"(argument) : : "ecx", "edx", "memory", "cc"); \
    return BROKEN;                                                                    \
  }

#define LOAD(name, selector, register) \
  ACT(name, "movw $" #selector ", %%cx; movw %%cx, %%" #register)
LOAD(LoadDsKernelCode, 0x08, ds)
LOAD(LoadDsKernelData, 0x10, ds)
LOAD(LoadEsKernelData, 0x13, es)
LOAD(LoadSsKernelData, 0x10, ss)
LOAD(LoadSsUserRpl0, 0x20, ss)
LOAD(LoadSsNull, 0, ss)
LOAD(LoadSsCode, 0x1B, ss)
LOAD(LoadFsTask, 0x2B, fs)
LOAD(LoadGsTask, 0x33, gs)
LOAD(LoadGsLocal, 0x0F, gs)
LOAD(LoadEsBeyond, 0xFFFB, es)

ACT(JumpKernelCode, "ljmp $0x08, $0x80100000")
ACT(JumpKernelCodeRpl3, "ljmp $0x0B, $0x80100000")
ACT(CallKernelCode, "lcall $0x08, $0x80100000")
ACT(CallMainTask, "lcall $0x28, $0")
ACT(CallDoubleFaultTask, "lcall $0x30, $0")
ACT(CallDoubleFaultTaskRpl3, "lcall $0x33, $0")
ACT(JumpDoubleFaultTask, "ljmp $0x30, $0")
ACT(CallLocal, "lcall $0x07, $0")
ACT(CallData, "lcall $0x23, $0")
ACT(CallNull, "lcall $0, $0")
ACT(ReturnToKernel, "pushl $0x08; pushl $0x80100000; lretl")
ACT(IretToKernel, "pushl $0x10; pushl $0x80200000; pushl $2; pushl $0x08; pushl $0x80100000; iretl")
// Processors refuse the selector; QEMU 7.2 enters virtual-8086 mode, from where traps must come as a program's.
ACT(IretToVm86, "pushl $0x1B; pushl $0; pushl $0x20002; pushl $0x10; pushl $0x1234; iretl")

// With all data segments but the stack's loaded with `selector`: a system call, a page fault, interrupts.
// Everything must be as it was behind each.
static ULONG TrapsWith(ULONG selector) {
  ULONG* const fresh = Commit(PAGE_SIZE, PAGE_READWRITE);
  ULONG status, found, spins = 3000000;
  __asm__ volatile(
      "pushl %%ds\n\t"
      "pushl %%es\n\t"
      "pushl %%fs\n\t"
      "pushl %%gs\n\t"
      "movw %%cx, %%ds\n\t"
      "movw %%cx, %%es\n\t"
      "movw %%cx, %%fs\n\t"
      "movw %%cx, %%gs\n\t"
      "int $0x2E\n\t"
      "movl %%eax, %%ss:(%%edi)\n\t"
      "1: decl %%esi\n\t"
      "jnz 1b\n\t"
      "movw %%ds, %%dx\n\t"
      "shll $16, %%edx\n\t"
      "movw %%gs, %%dx\n\t"
      "popl %%gs\n\t"
      "popl %%fs\n\t"
      "popl %%es\n\t"
      "popl %%ds"
      : "=a"(status), "=&d"(found), "+S"(spins)
      : "c"(selector), "D"(fresh), "0"(CallNumber(NtYieldExecution))
      : "memory", "cc");
  // A success, whether there was somebody to give way to or not.
  const int yielded = (LONG)status >= 0 && *fresh == status;
  return yielded && found == selector * 0x10001 ? HELD : BROKEN;
}

static ULONG TrapsWithNull(ULONG argument) { return TrapsWith(argument); }
static ULONG TrapsWithCode(ULONG argument) { return TrapsWith(argument + 0x1B); }
static ULONG TrapsWithTeb(ULONG argument) { return TrapsWith(argument + 0x3B); }

// A stack segment of one page, the TEB's: the arguments would lie where the stack pointer says, and nothing
// is there.
static ULONG TrapWithTebStack(ULONG argument) {
  ULONG status;
  (void)argument;
  __asm__ volatile(
      "movw %%ss, %%dx\n\t"
      "movl %%esp, %%esi\n\t"
      "movw $0x3B, %%cx\n\t"
      "movw %%cx, %%ss\n\t"
      "movl $0xF00, %%esp\n\t"
      "int $0x2E\n\t"
      "movw %%dx, %%ss\n\t"
      "movl %%esi, %%esp"
      : "=a"(status)
      : "0"(CallNumber(NtClose))
      : "ecx", "edx", "esi", "memory", "cc");
  return status == STATUS_ACCESS_VIOLATION ? HELD : BROKEN;
}

// The arguments of a call lie where the stack pointer says: in the kernel, or half of them beyond the end.
static ULONG CallWithStackAt(ULONG stack) {
  ULONG status;
  __asm__ volatile(
      "movl %%esp, %%esi\n\t"
      "movl %%ecx, %%esp\n\t"
      "int $0x2E\n\t"
      "movl %%esi, %%esp"
      : "=a"(status)
      : "0"(CallNumber(NtQueryVirtualMemory)), "c"(stack)
      : "esi", "edx", "memory", "cc");
  return status;
}
static ULONG WildStacks(ULONG argument) {
  UCHAR* const page = Commit(PAGE_SIZE, PAGE_READWRITE);
  const ULONG stacks[] = {0,
                          4,
                          0x7FFEFFF8,
                          0x7FFEFFFF,
                          0x7FFF0000,
                          0x7FFFFFFC,
                          0x80000000,
                          0x80100000,
                          0xC0000000,
                          0xFFFFFFF0,
                          0xFFFFFFFC,
                          0xFFFFFFFF,
                          (ULONG)page + PAGE_SIZE - 8};
  (void)argument;
  for (unsigned int i = 0; i < COUNT_OF(stacks); ++i) {
    if (CallWithStackAt(stacks[i]) != STATUS_ACCESS_VIOLATION) return BROKEN;
  }
  return HELD;
}

const Act segment_acts[] = {
    {"ds-kernel-code", LoadDsKernelCode},
    {"ds-kernel-data", LoadDsKernelData},
    {"es-kernel-data-rpl3", LoadEsKernelData},
    {"ss-kernel-data", LoadSsKernelData},
    {"ss-user-rpl0", LoadSsUserRpl0},
    {"ss-null", LoadSsNull},
    {"ss-code", LoadSsCode},
    {"fs-task", LoadFsTask},
    {"gs-task", LoadGsTask},
    {"gs-local", LoadGsLocal},
    {"es-beyond", LoadEsBeyond},
    {"jump-kernel-code", JumpKernelCode},
    {"jump-kernel-code-rpl3", JumpKernelCodeRpl3},
    {"call-kernel-code", CallKernelCode},
    {"call-main-task", CallMainTask},
    {"call-double-fault-task", CallDoubleFaultTask},
    {"call-double-fault-task-rpl3", CallDoubleFaultTaskRpl3},
    {"jump-double-fault-task", JumpDoubleFaultTask},
    {"call-local", CallLocal},
    {"call-data", CallData},
    {"call-null", CallNull},
    {"return-to-kernel", ReturnToKernel},
    {"iret-to-kernel", IretToKernel},
    {"iret-to-vm86", IretToVm86},
    {"traps-with-null", TrapsWithNull},
    {"traps-with-code", TrapsWithCode},
    {"traps-with-teb", TrapsWithTeb},
    {"traps-with-teb-stack", TrapWithTebStack},
    {"wild-stacks", WildStacks},
    {NULL, NULL},
};
