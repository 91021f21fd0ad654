// isolation, the processor: instructions that are the kernel's, interrupts that are the machine's, flags.
#include "isolation.h"

#define STRINGIFY(text) #text
// An act that is some instructions; it is broken if they get by.
#define ACT(name, instructions)                                       \
  static ULONG name(ULONG argument) {                                 \
    static char memory[16];                                           \
    __asm__ volatile(instructions                                     \
                     : "+a"(argument)                                 \
                     : "c"(0x1B), "d"(0x64), "D"(memory), "S"(memory) \
                     : "memory", "cc");                               \
    return BROKEN;                                                    \
  }

ACT(Cli, "cli")
ACT(Sti, "sti")
ACT(Hlt, "hlt")
ACT(In, "inb $0x64, %%al")
ACT(Out, "outb %%al, $0xF4")
ACT(InByDx, "inl %%dx, %%eax")
ACT(Outs, "outsb")
ACT(Ins, "insb")
ACT(Lgdt, "lgdt (%%edi)")
ACT(Lidt, "lidt (%%edi)")
ACT(Lldt, "lldt %%ax")
ACT(Ltr, "ltr %%ax")
ACT(Lmsw, "lmsw %%ax")
ACT(Clts, "clts")
ACT(Invd, "invd")
ACT(Wbinvd, "wbinvd")
ACT(Invlpg, "invlpg (%%edi)")
ACT(ReadCr0, "movl %%cr0, %%eax")
ACT(WriteCr0, "movl %%eax, %%cr0")
ACT(WriteCr3, "movl %%eax, %%cr3")
ACT(ReadDr7, "movl %%dr7, %%eax")
ACT(WriteDr7, "movl %%eax, %%dr7")
ACT(Rdmsr, "rdmsr")
ACT(Wrmsr, "wrmsr")
ACT(Icebp, ".byte 0xF1")
ACT(Int3, "int3")
ACT(Int3Long, ".byte 0xCD, 3")
ACT(Into, "movb $0x7F, %%al; addb $1, %%al; into")
ACT(Bound, "movl $5, (%%edi); movl $6, 4(%%edi); boundl %%eax, (%%edi)")
ACT(Undefined, "ud2")
ACT(LockedNop, ".byte 0xF0, 0x90")
ACT(Divide, "xorl %%ecx, %%ecx; divl %%ecx")
// More bytes than an instruction can have.
ACT(TooLong, ".fill 15, 1, 0x66; nop")

static ULONG Interrupt(ULONG vector) {
  UCHAR* code = Commit(PAGE_SIZE, PAGE_EXECUTE_READWRITE);
  code[0] = 0xCD;
  code[1] = (UCHAR)vector;
  code[2] = 0xC3;
  ((void (*)(void))code)();
  return BROKEN;
}

// ---- Flags ----------------------------------------------------------------------------------------------

#define FLAG_TRAP 0x100
#define FLAG_INTERRUPT 0x200
#define FLAG_DIRECTION 0x400
#define FLAG_IOPL 0x3000
#define FLAG_NESTED 0x4000
#define FLAG_ALIGNMENT 0x40000
#define FLAG_VM86 0x20000

// Sets `set` and clears `clear`, makes a system call, makes one the way that programs do, touches a fresh
// page at an odd address, runs until the timer has interrupted; returns the flags as they are then, and
// restores sane ones.
static void* yield_stub;
static ULONG FlagsAfterTraps(ULONG set, ULONG clear) {
  yield_stub = (void*)NtYieldExecution;
  UCHAR* const fresh = Commit(PAGE_SIZE, PAGE_READWRITE);
  ULONG status, flags;
  ULONG spins = 3000000;
  __asm__ volatile(
      "pushfl\n\t"
      "pushfl\n\t"
      "popl %%edx\n\t"
      "orl %3, %%edx\n\t"
      "notl %4\n\t"
      "andl %4, %%edx\n\t"
      "pushl %%edx\n\t"
      "popfl\n\t"
      "int $0x2E\n\t"
      "call *%7\n\t"
      "movl %%eax, 1(%5)\n\t"
      "1: decl %2\n\t"
      "jnz 1b\n\t"
      "pushfl\n\t"
      "popl %%edx\n\t"
      "popfl"
      : "=a"(status), "=&d"(flags), "+S"(spins)
      : "D"(set), "c"(clear), "b"(fresh), "0"(CallNumber(NtYieldExecution)), "m"(yield_stub)
      : "memory", "cc");
  // A success each: whether there was somebody to give way to or not.
  if ((LONG)status < 0 || *(LONG*)(fresh + 1) < 0) Exit(BROKEN);
  return flags;
}

#define SET_AND_LOOK(name, flag, if_set, if_clear)                    \
  static ULONG name(ULONG argument) {                                 \
    (void)argument;                                                   \
    return FlagsAfterTraps(flag, 0) & (flag) ? (if_set) : (if_clear); \
  }
// A program's own flags stay as it sets them; those of the system do not become set.
SET_AND_LOOK(SetDirection, FLAG_DIRECTION, HELD, BROKEN)
SET_AND_LOOK(SetAlignment, FLAG_ALIGNMENT, HELD, BROKEN)
SET_AND_LOOK(SetNested, FLAG_NESTED, HELD, BROKEN)
SET_AND_LOOK(SetIopl, FLAG_IOPL, BROKEN, HELD)
SET_AND_LOOK(SetVm86, FLAG_VM86, BROKEN, HELD)
static ULONG ClearInterrupt(ULONG argument) {
  (void)argument;
  return FlagsAfterTraps(0, FLAG_INTERRUPT) & FLAG_INTERRUPT ? HELD : BROKEN;
}

#define SET_FLAG(flag) "pushfl; orl $" STRINGIFY(flag) ", (%%esp); popfl\n\t"
ACT(SingleStep, SET_FLAG(0x100) "nop")
ACT(SingleStepIntoCall, "movl $0x7FFF, %%eax; " SET_FLAG(0x100) "int $0x2E")
ACT(SingleStepBehindSs, "movw %%ss, %%cx; " SET_FLAG(0x100) "movw %%cx, %%ss; int $0x2E; nop")
// To the task that the machine's task-state segment names as the one before: there is none.
ACT(NestedReturn, SET_FLAG(0x4000) "iretl")
// Flags of the kernel in a frame for a return that does not change the level: ignored.
ACT(IretFlags, "pushl $0x3202; pushl %%cs; pushl $1f; iretl; 1: cli")

const Act processor_acts[] = {
    {"cli", Cli},
    {"sti", Sti},
    {"hlt", Hlt},
    {"in", In},
    {"out", Out},
    {"in-dx", InByDx},
    {"outs", Outs},
    {"ins", Ins},
    {"lgdt", Lgdt},
    {"lidt", Lidt},
    {"lldt", Lldt},
    {"ltr", Ltr},
    {"lmsw", Lmsw},
    {"clts", Clts},
    {"invd", Invd},
    {"wbinvd", Wbinvd},
    {"invlpg", Invlpg},
    {"read-cr0", ReadCr0},
    {"write-cr0", WriteCr0},
    {"write-cr3", WriteCr3},
    {"read-dr7", ReadDr7},
    {"write-dr7", WriteDr7},
    {"rdmsr", Rdmsr},
    {"wrmsr", Wrmsr},
    {"icebp", Icebp},
    {"int3", Int3},
    {"int3-long", Int3Long},
    {"into", Into},
    {"bound", Bound},
    {"undefined", Undefined},
    {"locked-nop", LockedNop},
    {"divide", Divide},
    {"too-long", TooLong},
    {"int", Interrupt},
    {"flag-direction", SetDirection},
    {"flag-alignment", SetAlignment},
    {"flag-nested", SetNested},
    {"flag-iopl", SetIopl},
    {"flag-vm86", SetVm86},
    {"flag-interrupt", ClearInterrupt},
    {"single-step", SingleStep},
    {"single-step-call", SingleStepIntoCall},
    {"single-step-ss", SingleStepBehindSs},
    {"nested-return", NestedReturn},
    {"iret-flags", IretFlags},
    {NULL, NULL},
};
