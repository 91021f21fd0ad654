// crash KIND: ends with an exception of its own, in one of the ways that a program can.
#include "guest.h"

static ULONG zero;

static int Recurse(int depth) {
  volatile char room[1000];
  room[0] = (char)depth;
  if (depth < 0) return 0;  // After 2^31 calls: the compiler wants an end.
  return Recurse(depth + 1) + room[0];
}

static void ReadByte(ULONG address) { (void)*(volatile UCHAR*)address; }
static void WriteByte(ULONG address) { *(volatile UCHAR*)address = 1; }

static void TouchGuard(void) {
  void* base = NULL;
  ULONG size = PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                              PAGE_READWRITE | PAGE_GUARD) < 0) {
    Exit(2);
  }
  ReadByte((ULONG)base);
}

// Code in private memory takes the program's only image away, then ends with an illegal instruction.
static void UnmapMyself(void) {
  const ULONG image = (ULONG)CurrentPeb()->ImageBaseAddress, unmap = (ULONG)NtUnmapViewOfSection;
  // push image; push -1; mov eax, unmap; call eax; ud2
  UCHAR code[] = {0x68, 0, 0, 0, 0, 0x6A, 0xFF, 0xB8, 0, 0, 0, 0, 0xFF, 0xD0, 0x0F, 0x0B};
  memcpy(code + 1, &image, sizeof(image));
  memcpy(code + 8, &unmap, sizeof(unmap));
  void* base = NULL;
  ULONG size = PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                              PAGE_EXECUTE_READWRITE) < 0) {
    Exit(2);
  }
  memcpy(base, code, sizeof(code));
  ((void (*)(void))base)();
}

/// The stepped instruction is the call itself, made as the stubs of ntdll.dll make it: the trap is due
/// behind it.
static void StepIntoCall(void) {
  __asm__ volatile(
      "movl $0x7777, %%eax\n\t"
      "call 1f\n\t"
      "jmp 2f\n"
      "1: pushfl\n\t"
      "orl $0x100, (%%esp)\n\t"
      "leal 4(%%esp), %%edx\n\t"
      "popfl\n\t"
      "sysenter\n"
      "2:"
      :
      :
      : "eax", "ecx", "edx");
}

/// The kernel must not take the program's NT, DF and AC for its own.
static void CallWithFlags(void) {
  for (int i = 0; i < 3; ++i) {
    __asm__ volatile("pushfl; orl $0x44400, (%%esp); popfl" : : : "cc");
    NtYieldExecution();
    Sleep(1);
  }
  __asm__ volatile("pushfl; andl $~0x44400, (%%esp); popfl" : : : "cc");
  __asm__ volatile("ud2");
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 2) return 2;
  const char* kind = arguments.item[1];
  if (StringsEqual(kind, "null-read")) ReadByte(0);
  if (StringsEqual(kind, "null-write")) WriteByte(8);
  if (StringsEqual(kind, "code-write")) WriteByte((ULONG)GuestMain);
  if (StringsEqual(kind, "jump-null")) ((void (*)(void))zero)();
  if (StringsEqual(kind, "jump-free")) ((void (*)(void))0x7FFD0000)();
  if (StringsEqual(kind, "stack")) return Recurse(0);
  if (StringsEqual(kind, "divide")) __asm__ volatile("divl %0" : : "m"(zero), "a"(1), "d"(0));
  if (StringsEqual(kind, "illegal")) __asm__ volatile("ud2");
  if (StringsEqual(kind, "privileged")) __asm__ volatile("cli");
  if (StringsEqual(kind, "port")) __asm__ volatile("outb %al, $0xE9");
  if (StringsEqual(kind, "breakpoint")) __asm__ volatile("int3");
  if (StringsEqual(kind, "kernel-read")) ReadByte(0x80000000);
  if (StringsEqual(kind, "kernel-write")) WriteByte(0x80100000);
  if (StringsEqual(kind, "top-read")) ReadByte(0xFFFFFFFF);
  if (StringsEqual(kind, "kernel-jump")) ((void (*)(void))0x80100000)();
  if (StringsEqual(kind, "guard")) TouchGuard();
  if (StringsEqual(kind, "bad-stack")) __asm__ volatile("movl $0x10, %esp; pushl %eax");
  if (StringsEqual(kind, "bad-segment")) __asm__ volatile("movw %%ax, %%ds" : : "a"(0x1234));
  if (StringsEqual(kind, "jump-unmapped")) UnmapMyself();
  if (StringsEqual(kind, "single-step")) {
    __asm__ volatile("pushfl; orl $0x100, (%esp); popfl; nop");
  }
  if (StringsEqual(kind, "step-call")) StepIntoCall();
  if (StringsEqual(kind, "flags")) CallWithFlags();
  return 3;  // It survived, or the kind is unknown.
}
