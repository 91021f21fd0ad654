// isolation, threads: memory that changes while a call looks at it, registers that another thread is given.
#include "isolation.h"

#define ROUNDS 400

// What both threads write to: arguments of calls, and what they point to.
typedef struct {
  OBJECT_ATTRIBUTES attributes;
  UNICODE_STRING name;
  void* base;
  ULONG size;
  UCHAR* pages;
  volatile ULONG stop;
} Shared;

static ULONG NTAPI Flip(void* argument) {
  Shared* const shared = argument;
  static const ULONG addresses[] = {0x80100000, 0, 0xFFFFFFFF, 0x7FFEFFFE, 0xC0000000};
  const UNICODE_STRING good = shared->name;
  for (ULONG i = 0; !shared->stop; ++i) {
    const ULONG bad = addresses[i % COUNT_OF(addresses)];
    *(volatile ULONG*)&shared->attributes.Length = i & 1 ? bad : sizeof(OBJECT_ATTRIBUTES);
    *(UNICODE_STRING* volatile*)&shared->attributes.ObjectName =
        i & 2 ? (UNICODE_STRING*)bad : &shared->name;
    *(volatile USHORT*)&shared->name.Length = (USHORT)(i & 4 ? 0xFFFE : good.Length);
    *(WCHAR* volatile*)&shared->name.Buffer = i & 8 ? (WCHAR*)bad : good.Buffer;
    *(void* volatile*)&shared->base = i & 1 ? (void*)bad : shared->pages;
    *(volatile ULONG*)&shared->size = i & 2 ? bad : PAGE_SIZE;
    if (i % 64 == 0) {
      // The pages that a read writes to go away and come back.
      void* at = shared->pages;
      ULONG size = 4 * PAGE_SIZE;
      NtFreeVirtualMemory(CURRENT_PROCESS, &at, &size, MEM_DECOMMIT);
      NtYieldExecution();
      NtAllocateVirtualMemory(CURRENT_PROCESS, &at, 0, &size, MEM_COMMIT, PAGE_READWRITE);
    }
    if (i % 16 == 0) NtYieldExecution();
  }
  return HELD;
}

// Which of its values a call sees is open; that it is refused or done is not.
static ULONG FlipArguments(ULONG argument) {
  Arguments own;
  WideText name;
  IO_STATUS_BLOCK io;
  Shared shared;
  HANDLE thread, file, handle;
  GetArguments(&own);
  memset(&shared, 0, sizeof(shared));
  InitAttributes(&shared.attributes, &shared.name);
  shared.name = *Widen(&name, "\\??\\C:\\isolation.exe");
  shared.pages = Commit(16 * PAGE_SIZE, PAGE_READWRITE);
  if (OpenForReading(&file, own.item[0]) < 0 || StartThread(&thread, Flip, &shared) < 0) return 2;
  ULONG done = 0, refused = 0;
  for (ULONG i = 0; i < ROUNDS; ++i) {
    NTSTATUS status = NtOpenFile(&handle, GENERIC_READ, &shared.attributes, &io, 0, 0);
    if (status >= 0) NtClose(handle);
    status < 0 ? ++refused : ++done;
    ULONG old;
    NtProtectVirtualMemory(CURRENT_PROCESS, &shared.base, &shared.size, PAGE_READWRITE, &old);
    LONGLONG offset = argument;
    status = NtReadFile(file, NULL, NULL, NULL, &io, shared.pages, 4 * PAGE_SIZE, &offset, NULL);
    status < 0 ? ++refused : ++done;
    if (i % 8 == 0) NtYieldExecution();
  }
  shared.stop = 1;
  if (JoinThread(thread) != HELD) return 2;
  return done > 0 && refused > 0 ? HELD : 2;
}

static ULONG NTAPI CheckContext(void* argument) {
  ULONG code, stack, flags;
  (void)argument;
  __asm__ volatile("movl %%cs, %0; movl %%ss, %1; pushfl; popl %2"
                   : "=r"(code), "=r"(stack), "=r"(flags));
  // No IOPL, NT or VM; interrupts enabled.
  RtlExitUserThread((code & 3) == 3 && (stack & 3) == 3 && (flags & 0x27200) == 0x200 ? HELD
                                                                                      : BROKEN);
  return BROKEN;
}

// Selectors and flags of the kernel for a thread that waits to begin.
static ULONG WildContext(ULONG argument) {
  static const ULONG selectors[] = {0, 8, 0x10, 0x28, 0x30, 0x33, 0x0F, 0xFFFF, 0x12345678};
  for (unsigned int i = 0; i < COUNT_OF(selectors); ++i) {
    HANDLE thread;
    CONTEXT context;
    if (NtCreateThreadEx(&thread, 0x1FFFFF, NULL, CURRENT_PROCESS, (void*)CheckContext, NULL,
                         1 + argument, 0, 0, 0, NULL) < 0) {
      return 2;
    }
    memset(&context, 0, sizeof(context));
    context.ContextFlags = CONTEXT_FULL;
    if (NtGetContextThread(thread, &context) < 0) return 2;
    context.Eip = (ULONG)CheckContext;
    context.SegCs = context.SegSs = context.SegDs = context.SegEs = selectors[i];
    context.SegGs = selectors[i];
    context.EFlags = 0xFFFFFAFF;  // All but TF and DF.
    // A refusal is as good as a correction.
    NtSetContextThread(thread, &context);
    ULONG previous;
    if (NtResumeThread(thread, &previous) < 0) return 2;
    const ULONG result = JoinThread(thread);
    if (result != HELD) return result;
  }
  return HELD;
}

// SYSENTER takes the stack pointer from EDX, and leaves the flags as they are.
static ULONG SysenterWithKernelStack(ULONG argument) {
  __asm__ volatile("sysenter"
                   :
                   : "a"(CallNumber(NtClose)), "d"(0x80100000 + argument), "c"(0)
                   : "memory", "cc");
  return BROKEN;
}
static ULONG SingleStepSysenter(ULONG argument) {
  __asm__ volatile(
      "movl %%esp, %%edx\n\t"
      "pushfl\n\t"
      "orl $0x100, (%%esp)\n\t"
      "popfl\n\t"
      "sysenter"
      : "+a"(argument)
      : "c"(0)
      : "edx", "memory", "cc");
  return BROKEN;
}

const Act thread_acts[] = {
    {"flip-arguments", FlipArguments},
    {"wild-context", WildContext},
    {"sysenter-kernel-stack", SysenterWithKernelStack},
    {"single-step-sysenter", SingleStepSysenter},
    {NULL, NULL},
};
