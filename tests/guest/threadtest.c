// threadtest: NtCreateThreadEx and its kin, as NT answers them; threadtest_suspend.c has what stops a thread and
// looks at it.
#include "threadtest.h"

typedef struct {
  volatile ULONG runs;
  CLIENT_ID id;
  TEB teb;
} Seen;

static ULONG NTAPI LookAround(void* argument) {
  Seen* seen = argument;
  memcpy(&seen->teb, CurrentTeb(), sizeof(seen->teb));
  seen->id = CurrentTeb()->ClientId;
  ++seen->runs;
  return 0x1234;
}

static ULONG NTAPI ExitByCall(void* argument) {
  RtlExitUserThread((NTSTATUS)(ULONG)argument);
  return 0;
}

static ULONG NTAPI SleepForever(void* argument) {
  while (!argument) Sleep(1000);
  return 0;
}

ULONG NTAPI SpinForever(void* argument) {
  volatile ULONG* counter = argument;
  while (++*counter) continue;
  return 0;
}

static void TestCreate(Tally* tally) {
  Seen seen;
  memset(&seen, 0, sizeof(seen));
  HANDLE thread;
  CLIENT_ID id;
  TEB* teb = NULL;
  struct {
    ULONG total;
    PS_ATTRIBUTE attributes[2];
  } list = {sizeof(list),
            {{PS_ATTRIBUTE_CLIENT_ID, sizeof(id), {.ValuePtr = &id}, NULL},
             {PS_ATTRIBUTE_TEB_ADDRESS, sizeof(teb), {.ValuePtr = &teb}, NULL}}};
  CHECK_STATUS(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, LookAround,
                                &seen, THREAD_CREATE_FLAGS_CREATE_SUSPENDED, 0, 0x3000, 0x40000,
                                (PS_ATTRIBUTE_LIST*)&list),
               STATUS_SUCCESS);
  Sleep(20);
  CHECK(seen.runs == 0);
  // The creator may write into the new TEB before the thread runs.
  CHECK(teb && teb->Self == teb && teb->ClientId.UniqueThread == id.UniqueThread);
  CHECK(id.UniqueProcess == CurrentTeb()->ClientId.UniqueProcess);
  CHECK(id.UniqueThread != CurrentTeb()->ClientId.UniqueThread);
  ULONG count = 99;
  CHECK_STATUS(NtResumeThread(thread, &count), STATUS_SUCCESS);
  CHECK(count == 1);
  CHECK(JoinThread(thread) == 0x1234);
  CHECK(seen.runs == 1);
  CHECK(seen.teb.Self == teb);
  CHECK(seen.id.UniqueThread == id.UniqueThread);
  CHECK(seen.teb.ProcessEnvironmentBlock == CurrentPeb());
  const ULONG base = (ULONG)seen.teb.StackBase, limit = (ULONG)seen.teb.StackLimit;
  CHECK(base - limit == 0x3000);
  CHECK(base - (ULONG)seen.teb.DeallocationStack == 0x40000);
  // Stack and TEB are gone with the thread.
  MEMORY_BASIC_INFORMATION region;
  NtQueryVirtualMemory(CURRENT_PROCESS, teb, MemoryBasicInformation, &region, sizeof(region), NULL);
  CHECK(region.State == MEM_FREE);
  NtQueryVirtualMemory(CURRENT_PROCESS, (void*)(base - 1), MemoryBasicInformation, &region,
                       sizeof(region), NULL);
  CHECK(region.State == MEM_FREE);
  CHECK_STATUS(NtClose(thread), STATUS_INVALID_HANDLE);
}

static void TestTerminate(Tally* tally) {
  HANDLE thread;
  CHECK_STATUS(StartThread(&thread, ExitByCall, (void*)0xABCD), STATUS_SUCCESS);
  CHECK(JoinThread(thread) == 0xABCD);
  // Asleep.
  CHECK_STATUS(StartThread(&thread, SleepForever, NULL), STATUS_SUCCESS);
  Sleep(10);
  LONGLONG at_once = 0;
  CHECK_STATUS(NtWaitForSingleObject(thread, 0, &at_once), STATUS_TIMEOUT);
  CHECK_STATUS(NtTerminateThread(thread, 77), STATUS_SUCCESS);
  CHECK_STATUS(NtTerminateThread(thread, 78), STATUS_SUCCESS);
  CHECK(JoinThread(thread) == 77);
  // Never giving way.
  volatile ULONG counter = 0;
  CHECK_STATUS(StartThread(&thread, SpinForever, (void*)&counter), STATUS_SUCCESS);
  while (counter == 0) Sleep(1);
  CHECK_STATUS(NtTerminateThread(thread, 79), STATUS_SUCCESS);
  CHECK(JoinThread(thread) == 79);
  // Before its first instruction.
  Seen seen;
  memset(&seen, 0, sizeof(seen));
  CHECK_STATUS(NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, LookAround,
                                &seen, THREAD_CREATE_FLAGS_CREATE_SUSPENDED, 0, 0, 0, NULL),
               STATUS_SUCCESS);
  CHECK_STATUS(NtTerminateThread(thread, 80), STATUS_SUCCESS);
  CHECK(JoinThread(thread) == 80);
  CHECK(seen.runs == 0);
  // Null: myself, if I am not the last.
  CHECK_STATUS(NtTerminateThread(NULL, 81), STATUS_CANT_TERMINATE_SELF);
}

int GuestMain(void) {
  Tally tally = {0, 0};
  TestCreate(&tally);
  TestTerminate(&tally);
  TestSuspend(&tally);
  TestContext(&tally);
  TestPriority(&tally);
  TestThreadAccess(&tally);
  return Report(&tally);
}
