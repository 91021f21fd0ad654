// wild [seed]: calls every system call with wild pointers, lengths and handles. Survives if the
// kernel does; which calls are refused is NT's business, and not checked here.
#include "guest.h"

typedef struct {
  const char* name;
  void* function;
  int arguments;
} Call;

// In the order of ntdll.def. NtDelayExecution and waits get no pointer that could mean "for ever".
#define CALL(name, arguments) \
  { #name, (void*)name, arguments }
static const Call calls[] = {
    CALL(NtAllocateVirtualMemory, 6),
    CALL(NtClose, 1),
    CALL(NtCreateFile, 11),
    CALL(NtCreateSection, 7),
    CALL(NtCreateUserProcess, 11),
    CALL(NtDelayExecution, 2),
    CALL(NtFreeVirtualMemory, 4),
    CALL(NtMapViewOfSection, 10),
    CALL(NtOpenFile, 6),
    CALL(NtOpenSection, 3),
    CALL(NtProtectVirtualMemory, 5),
    CALL(NtQueryInformationFile, 5),
    CALL(NtQueryInformationProcess, 5),
    CALL(NtQueryPerformanceCounter, 2),
    CALL(NtQuerySystemTime, 1),
    CALL(NtQueryVirtualMemory, 6),
    CALL(NtReadFile, 9),
    CALL(NtTerminateProcess, 2),
    CALL(NtUnmapViewOfSection, 2),
    CALL(NtWaitForSingleObject, 3),
    CALL(NtWriteFile, 9),
    CALL(NtYieldExecution, 0),
};

#define ROUNDS 150
#define ARENA_PAGES 2

typedef struct {
  ULONG state;
  UCHAR* arena;  // Two pages; what follows them is not mapped.
} Dice;

static ULONG Roll(Dice* dice, ULONG sides) {
  dice->state = dice->state * 1664525 + 1013904223;
  return (dice->state >> 8) % sides;
}

// Not 0x10000: there lies what the program was given at its start, its standard handles among it.
static ULONG WildAddress(Dice* dice) {
  const ULONG arena = (ULONG)dice->arena;
  const ULONG choices[] = {0,
                           1,
                           0x1000,
                           0x400000,
                           0x7FFE0000,
                           0x7FFEFFFF,
                           0x7FFF0000,
                           0x7FFFFFFF,
                           0x80000000,
                           0x80100000,
                           0xC0000000,
                           0xFFFFF000,
                           0xFFFFFFFC,
                           0xFFFFFFFF,
                           arena,
                           arena + 3,
                           arena + 256,
                           arena + ARENA_PAGES * PAGE_SIZE - 1,
                           arena + ARENA_PAGES * PAGE_SIZE - 4,
                           arena + ARENA_PAGES * PAGE_SIZE};
  return choices[Roll(dice, COUNT_OF(choices))];
}

static ULONG WildValue(Dice* dice) {
  static const ULONG choices[] = {
      0,          1,          2,          3,          4,          8,          0x20,      0x40,
      0x104,      0xFFF,      0x1000,     0x2000,     0x3000,     0x4000,     0x8000,    0x400000,
      0x01000000, 0x08000000, 0x7FFFFFFF, 0x80000000, 0xFFFFF000, 0xFFFFFFFE, 0xFFFFFFFF};
  return Roll(dice, 3) ? choices[Roll(dice, COUNT_OF(choices))] : WildAddress(dice);
}

static ULONG WildHandle(Dice* dice) {
  static const ULONG choices[] = {
      0, 4,      8,          12,         16,         20,         24,         28,        32,
      7, 0x1000, 0x7FFFFFFC, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFA};
  return choices[Roll(dice, COUNT_OF(choices))];
}

static int IsStandardHandle(ULONG handle) {
  handle &= ~3ul;
  return handle == (ULONG)StandardInput() || handle == (ULONG)StandardOutput() ||
         handle == (ULONG)StandardError();
}

static NTSTATUS Invoke(const Call* call, const ULONG* arguments) {
  NTSTATUS status;
  // The callee takes its arguments off the stack; ESP is put back all the same.
  __asm__ volatile(
      "movl %%esp, %%ebx\n"
      "leal (%%esi,%%ecx,4), %%esi\n"
      "1: testl %%ecx, %%ecx\n"
      "jz 2f\n"
      "subl $4, %%esi\n"
      "pushl (%%esi)\n"
      "decl %%ecx\n"
      "jmp 1b\n"
      "2: call *%%edi\n"
      "movl %%ebx, %%esp\n"
      : "=a"(status), "+S"(arguments)
      : "c"(call->arguments), "D"(call->function)
      : "ebx", "edx", "memory", "cc");
  return status;
}

// What the call must not be given, for it would rightly end or stop this program.
static int IsFatal(const Call* call, const ULONG* arguments) {
  const ULONG handle = arguments[0];
  // By name: a function's address in a static table may be that of a thunk of this image.
  const char* name = call->name;
  if (StringsEqual(name, "NtTerminateProcess")) return handle == 0 || handle == 0xFFFFFFFF;
  if (StringsEqual(name, "NtClose")) return IsStandardHandle(handle);
  if (StringsEqual(name, "NtWriteFile") || StringsEqual(name, "NtReadFile")) {
    return IsStandardHandle(handle);  // It would spoil the output, or wait for input.
  }
  if (StringsEqual(name, "NtWaitForSingleObject")) return arguments[2] < 0x80000000;
  if (StringsEqual(name, "NtDelayExecution")) return arguments[1] < 0x7FFF0000;
  return 0;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  Dice dice = {.state = arguments.count > 1 ? ParseNumber(arguments.item[1]) : 1};
  void* arena = NULL;
  ULONG size = ARENA_PAGES * PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &arena, 0, &size, MEM_RESERVE | MEM_COMMIT,
                              PAGE_READWRITE) < 0) {
    return 2;
  }
  dice.arena = arena;

  ULONG made = 0, refused = 0;
  for (ULONG which = 0; which < COUNT_OF(calls); ++which) {
    const Call* call = &calls[which];
    for (int round = 0; round < ROUNDS; ++round) {
      // An earlier call may have freed or protected the arena: it is made anew, where it was.
      size = ARENA_PAGES * PAGE_SIZE;
      ULONG old;
      if (NtAllocateVirtualMemory(CURRENT_PROCESS, &arena, 0, &size, MEM_COMMIT, PAGE_READWRITE) <
              0 &&
          NtAllocateVirtualMemory(CURRENT_PROCESS, &arena, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                  PAGE_READWRITE) < 0) {
        PrintLine(call->name, (ULONG)round);
        return 3;
      }
      arena = dice.arena;
      size = ARENA_PAGES * PAGE_SIZE;
      NtProtectVirtualMemory(CURRENT_PROCESS, &arena, &size, PAGE_READWRITE, &old);
      arena = dice.arena;
      for (ULONG i = 0; i < ARENA_PAGES * PAGE_SIZE / sizeof(ULONG); i += 1 + Roll(&dice, 7)) {
        ((ULONG*)dice.arena)[i] = WildValue(&dice);
      }
      ULONG values[11];
      for (int i = 0; i < call->arguments; ++i) {
        values[i] = Roll(&dice, 2) ? WildAddress(&dice) : WildValue(&dice);
      }
      if (call->arguments && Roll(&dice, 4)) values[0] = WildHandle(&dice);
      if (IsFatal(call, values)) continue;
      ++made;
      refused += Invoke(call, values) < 0;
    }
  }
  Print("wild: survived ");
  PrintNumber(made);
  Print(" calls, ");
  PrintNumber(refused);
  Print(" of them refused\n");
  return 0;
}
