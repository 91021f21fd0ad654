// threadtest: suspension, registers, priority, access rights.
#include "threadtest.h"

#define LIMIT 127

typedef struct {
  HANDLE event;
  volatile ULONG before, after;
} Sleeper;

static ULONG NTAPI WaitOnce(void* argument) {
  Sleeper* sleeper = argument;
  sleeper->before = 1;
  NtWaitForSingleObject(sleeper->event, 0, NULL);
  sleeper->after = 1;
  return 6;
}

static ULONG NTAPI SuspendMyself(void* argument) {
  ULONG previous = 99;
  *(volatile ULONG*)argument = 1;
  const NTSTATUS status = NtSuspendThread(CURRENT_THREAD, &previous);
  return status == STATUS_SUCCESS && previous == 0 ? 8 : 9;
}

void TestSuspend(Tally* tally) {
  HANDLE thread = NULL;
  ULONG previous = 99;
  volatile ULONG counter = 0;
  StartThread(&thread, SpinForever, (void*)&counter);
  while (counter == 0) Sleep(1);
  for (ULONG i = 0; i < LIMIT; ++i) {
    NTSTATUS status = NtSuspendThread(thread, &previous);
    if (status != STATUS_SUCCESS || previous != i) CHECK_STATUS(status, 99);
  }
  CHECK_STATUS(NtSuspendThread(thread, &previous), STATUS_SUSPEND_COUNT_EXCEEDED);
  const ULONG stopped_at = counter;
  Sleep(20);
  CHECK(counter == stopped_at);
  for (ULONG i = LIMIT; i > 1; --i) NtResumeThread(thread, &previous);
  CHECK(previous == 2);
  Sleep(20);
  CHECK(counter == stopped_at);
  CHECK_STATUS(NtResumeThread(thread, &previous), STATUS_SUCCESS);
  CHECK(previous == 1);
  CHECK_STATUS(NtResumeThread(thread, &previous), STATUS_SUCCESS);
  CHECK(previous == 0);
  Sleep(20);
  CHECK(counter != stopped_at);
  // A suspended thread can be ended.
  NtSuspendThread(thread, NULL);
  CHECK_STATUS(NtTerminateThread(thread, 4), STATUS_SUCCESS);
  CHECK_STATUS(NtWaitForSingleObject(thread, 0, NULL), STATUS_SUCCESS);
  CHECK_STATUS(NtSuspendThread(thread, NULL), STATUS_THREAD_IS_TERMINATING);
  CHECK(JoinThread(thread) == 4);

  // Suspended in a wait, it wakes when the wait ends, but does not come back before it is resumed.
  Sleeper sleeper = {NULL, 0, 0};
  NtCreateEvent(&sleeper.event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0);
  StartThread(&thread, WaitOnce, &sleeper);
  while (!sleeper.before) Sleep(1);
  Sleep(10);
  CHECK_STATUS(NtSuspendThread(thread, NULL), STATUS_SUCCESS);
  NtSetEvent(sleeper.event, NULL);
  Sleep(20);
  CHECK(!sleeper.after);
  NtResumeThread(thread, NULL);
  CHECK(JoinThread(thread) == 6);
  NtClose(sleeper.event);

  volatile ULONG there = 0;
  StartThread(&thread, SuspendMyself, (void*)&there);
  while (!there) Sleep(1);
  Sleep(10);
  NtResumeThread(thread, &previous);
  CHECK(previous == 1);
  CHECK(JoinThread(thread) == 8);
}

// EAX counts; the thread goes on at the label when its registers are set to point there.
static ULONG NTAPI Registers(void* argument) {
  __asm__ volatile(
      "movl $0x11111111, %%ebx; movl $0x22222222, %%esi; movl $0x33333333, %%edi\n"
      "movl $1, (%0)\n"
      "1: jmp 1b" ::"r"(argument)
      : "ebx", "esi", "edi", "memory");
  return 0;
}

static ULONG NTAPI Elsewhere(void* argument) { return (ULONG)argument + 1; }

void TestContext(Tally* tally) {
  HANDLE thread = NULL;
  CONTEXT context;
  volatile ULONG there = 0;
  StartThread(&thread, Registers, (void*)&there);
  while (!there) Sleep(1);
  NtSuspendThread(thread, NULL);
  memset(&context, 0xCC, sizeof(context));
  context.ContextFlags = CONTEXT_FULL | CONTEXT_DEBUG_REGISTERS;
  CHECK_STATUS(NtGetContextThread(thread, &context), STATUS_SUCCESS);
  CHECK(context.ContextFlags == (CONTEXT_FULL | CONTEXT_DEBUG_REGISTERS));
  CHECK(context.Ebx == 0x11111111 && context.Esi == 0x22222222 && context.Edi == 0x33333333);
  CHECK(context.Eip >= (ULONG)Registers && context.Eip < (ULONG)Registers + 64);
  CHECK(context.SegCs == 0x1B && context.SegSs == 0x23 && context.SegFs == 0x3B);
  // Selectors and flags that no program can have are mended.
  context.SegCs = 0x08;
  context.SegDs = 0x10;
  context.EFlags = 0x00023002;  // IOPL and VM.
  CHECK_STATUS(NtSetContextThread(thread, &context), STATUS_SUCCESS);
  CHECK_STATUS(NtGetContextThread(thread, &context), STATUS_SUCCESS);
  CHECK(context.SegCs == 0x1B && context.SegDs == 0x23 && context.EFlags == 0x202);
  NtTerminateThread(thread, 12);
  CHECK(JoinThread(thread) == 12);

  // Before its first instruction.
  NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, Registers, NULL,
                   THREAD_CREATE_FLAGS_CREATE_SUSPENDED, 0, 0, 0, NULL);
  context.ContextFlags = CONTEXT_FULL;
  CHECK_STATUS(NtGetContextThread(thread, &context), STATUS_SUCCESS);
  ((ULONG*)context.Esp)[1] = 41;  // Its argument.
  context.Eip = (ULONG)Elsewhere;
  CHECK_STATUS(NtSetContextThread(thread, &context), STATUS_SUCCESS);
  NtResumeThread(thread, NULL);
  NtWaitForSingleObject(thread, 0, NULL);
  CHECK_STATUS(NtGetContextThread(thread, &context), STATUS_THREAD_IS_TERMINATING);
  CHECK(JoinThread(thread) == 42);
}

static ULONG NTAPI Increment(void* argument) { return ++*(volatile ULONG*)argument; }

void TestPriority(Tally* tally) {
  HANDLE thread = NULL;
  volatile ULONG counter = 0;
  THREAD_BASIC_INFORMATION basic;
  LONG increment = 2, too_much = 3;
  CHECK_STATUS(NtSetInformationThread(CURRENT_THREAD, ThreadBasePriority, &too_much, 4),
               STATUS_INVALID_PARAMETER);
  CHECK_STATUS(NtSetInformationThread(CURRENT_THREAD, ThreadBasePriority, &increment, 2),
               STATUS_INFO_LENGTH_MISMATCH);
  CHECK_STATUS(NtSetInformationThread(CURRENT_THREAD, ThreadBasePriority, &increment, 4),
               STATUS_SUCCESS);
  NtQueryInformationThread(CURRENT_THREAD, ThreadBasicInformation, &basic, sizeof(basic), NULL);
  CHECK(basic.BasePriority == 10);
  // Less urgent threads do not run while this one does.
  StartThread(&thread, Increment, (void*)&counter);
  LONGLONG now, until;
  NtQuerySystemTime(&until);
  until += 500000;
  do NtQuerySystemTime(&now);
  while (now < until);
  CHECK(counter == 0);
  increment = 0;
  CHECK_STATUS(NtSetInformationThread(CURRENT_THREAD, ThreadBasePriority, &increment, 4),
               STATUS_SUCCESS);
  CHECK(JoinThread(thread) == 1);
  CHECK_STATUS(NtGetCurrentProcessorNumber(), 0);
}

void TestThreadAccess(Tally* tally) {
  HANDLE thread = NULL, weak = NULL;
  Sleeper sleeper = {NULL, 0, 0};
  OBJECT_ATTRIBUTES none;
  InitAttributes(&none, NULL);
  NtCreateEvent(&sleeper.event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0);
  StartThread(&thread, WaitOnce, &sleeper);
  THREAD_BASIC_INFORMATION basic;
  NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof(basic), NULL);
  CHECK(basic.ExitStatus == STATUS_PENDING);
  CLIENT_ID id = basic.ClientId;
  CHECK_STATUS(NtOpenThread(&weak, THREAD_QUERY_LIMITED_INFORMATION, &none, &id), STATUS_SUCCESS);
  CHECK_STATUS(NtQueryInformationThread(weak, ThreadBasicInformation, &basic, sizeof(basic), NULL),
               STATUS_SUCCESS);
  CHECK(basic.ClientId.UniqueThread == id.UniqueThread);
  CHECK_STATUS(NtTerminateThread(weak, 1), STATUS_ACCESS_DENIED);
  CHECK_STATUS(NtSuspendThread(weak, NULL), STATUS_ACCESS_DENIED);
  CHECK_STATUS(NtWaitForSingleObject(weak, 0, NULL), STATUS_ACCESS_DENIED);
  CHECK_STATUS(NtTerminateThread(sleeper.event, 1), STATUS_OBJECT_TYPE_MISMATCH);
  NtClose(weak);
  CLIENT_ID wrong = {id.UniqueProcess, (HANDLE)0x7FFFFFF0};
  CHECK_STATUS(NtOpenThread(&weak, THREAD_ALL_ACCESS, &none, &wrong), STATUS_INVALID_CID);
  CHECK_STATUS(NtOpenThread(&weak, THREAD_ALL_ACCESS, &none, NULL), STATUS_INVALID_PARAMETER_MIX);
  ULONG last = 99;
  CHECK_STATUS(NtQueryInformationThread(CURRENT_THREAD, ThreadAmILastThread, &last, 4, NULL),
               STATUS_SUCCESS);
  CHECK(last == 0);
  NtSetEvent(sleeper.event, NULL);
  CHECK(JoinThread(thread) == 6);
  NtQueryInformationThread(CURRENT_THREAD, ThreadAmILastThread, &last, 4, NULL);
  CHECK(last == 1);
  NtClose(sleeper.event);

  CHECK_STATUS(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, WaitOnce, NULL,
                                0x80000000, 0, 0, 0, NULL),
               STATUS_INVALID_PARAMETER_7);
  CHECK_STATUS(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, (HANDLE)0x7FFC, WaitOnce, NULL, 0,
                                0, 0, 0, NULL),
               STATUS_INVALID_HANDLE);
  CHECK_STATUS(NtCreateThreadEx((HANDLE*)0x80000000, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS,
                                WaitOnce, NULL, 0, 0, 0, 0, NULL),
               STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, WaitOnce, NULL,
                                0, 99, 0, 0, NULL),
               STATUS_INVALID_PARAMETER_3);
}
