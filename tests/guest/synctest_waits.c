// synctest: waits for several objects, and by several threads.
#include "synctest.h"

#define MOST_OBJECTS 64

typedef struct {
  ULONG count, type;
  HANDLE objects[MOST_OBJECTS];
  volatile ULONG begun;
  volatile LONG* woken;
} Wait;

static ULONG NTAPI WaitThere(void* argument) {
  Wait* wait = argument;
  wait->begun = 1;
  const NTSTATUS status = NtWaitForMultipleObjects(wait->count, wait->objects, wait->type, 0, NULL);
  if (wait->woken) __atomic_add_fetch(wait->woken, 1, __ATOMIC_SEQ_CST);
  return (ULONG)status;
}

// Starts the thread and lets it fall asleep.
static HANDLE BeginWait(Wait* wait) {
  HANDLE thread = NULL;
  wait->begun = 0;
  StartThread(&thread, WaitThere, wait);
  while (!wait->begun) Sleep(1);
  Sleep(10);
  return thread;
}

static void TestAnyAndAll(Tally* tally) {
  HANDLE a = MakeEvent(SynchronizationEvent, 0), b = MakeEvent(SynchronizationEvent, 0);
  Wait any = {2, WaitAny, {a, b}, 0, NULL}, all = {2, WaitAll, {a, b}, 0, NULL};
  HANDLE thread = BeginWait(&any);
  NtSetEvent(b, NULL);
  CHECK(JoinThread(thread) == STATUS_WAIT_0 + 1);
  CHECK_STATUS(WaitFor(b, 0), STATUS_TIMEOUT);

  thread = BeginWait(&all);
  NtSetEvent(a, NULL);
  CHECK_STATUS(WaitFor(thread, 20), STATUS_TIMEOUT);
  CHECK_STATUS(WaitFor(a, 0), STATUS_SUCCESS);  // Nothing was taken yet.
  NtSetEvent(b, NULL);
  CHECK_STATUS(WaitFor(thread, 20), STATUS_TIMEOUT);
  NtSetEvent(a, NULL);
  CHECK(JoinThread(thread) == STATUS_WAIT_0);
  CHECK_STATUS(WaitFor(a, 0), STATUS_TIMEOUT);
  CHECK_STATUS(WaitFor(b, 0), STATUS_TIMEOUT);

  // One object twice: for any it may be, for all it may not.
  Wait twice = {3, WaitAny, {a, b, b}, 0, NULL};
  thread = BeginWait(&twice);
  NtSetEvent(b, NULL);
  CHECK(JoinThread(thread) == STATUS_WAIT_0 + 1);
  const HANDLE same[2] = {a, a};
  CHECK_STATUS(NtWaitForMultipleObjects(2, same, WaitAll, 0, NULL), STATUS_INVALID_PARAMETER_MIX);
  NtClose(a);
  NtClose(b);
}

static void TestManyObjects(Tally* tally) {
  Wait wait = {MOST_OBJECTS, WaitAll, {NULL}, 0, NULL};
  for (ULONG i = 0; i < MOST_OBJECTS; ++i) wait.objects[i] = MakeEvent(SynchronizationEvent, 0);
  HANDLE thread = BeginWait(&wait);
  for (ULONG i = 0; i < MOST_OBJECTS; ++i) NtSetEvent(wait.objects[MOST_OBJECTS - 1 - i], NULL);
  CHECK(JoinThread(thread) == STATUS_WAIT_0);
  wait.type = WaitAny;
  thread = BeginWait(&wait);
  NtSetEvent(wait.objects[63], NULL);
  CHECK(JoinThread(thread) == STATUS_WAIT_0 + 63);
  for (ULONG i = 0; i < MOST_OBJECTS; ++i) NtClose(wait.objects[i]);
}

#define CROWD 20

static void TestCrowd(Tally* tally) {
  static Wait waits[CROWD];
  HANDLE threads[CROWD], event = MakeEvent(SynchronizationEvent, 0);
  volatile LONG woken = 0;
  for (ULONG i = 0; i < CROWD; ++i) {
    waits[i] = (Wait){1, WaitAny, {event}, 0, &woken};
    threads[i] = BeginWait(&waits[i]);
  }
  // One set, one thread, and the one that came first.
  for (ULONG i = 0; i < CROWD / 2; ++i) {
    NtSetEvent(event, NULL);
    CHECK_STATUS(WaitFor(threads[i], 1000), STATUS_SUCCESS);
    CHECK(woken == (LONG)i + 1);
  }
  // Whoever is ended while it waits is not served, and does not keep others from being served.
  for (ULONG i = CROWD / 2; i + 1 < CROWD; ++i) {
    CHECK_STATUS(NtTerminateThread(threads[i], 5), STATUS_SUCCESS);
  }
  NtSetEvent(event, NULL);
  CHECK_STATUS(WaitFor(threads[CROWD - 1], 1000), STATUS_SUCCESS);
  CHECK(woken == CROWD / 2 + 1);
  for (ULONG i = 0; i < CROWD; ++i) {
    CHECK(JoinThread(threads[i]) == (i < CROWD / 2 || i == CROWD - 1 ? STATUS_SUCCESS : 5));
  }
  NtClose(event);
}

static void TestTimes(Tally* tally) {
  HANDLE event = MakeEvent(NotificationEvent, 0);
  LONGLONG before, after, until;
  NtQuerySystemTime(&before);
  CHECK_STATUS(WaitFor(event, 50), STATUS_TIMEOUT);
  NtQuerySystemTime(&after);
  CHECK(after - before >= 500000);
  until = after + 500000;
  CHECK_STATUS(NtWaitForSingleObject(event, 1, &until), STATUS_TIMEOUT);
  NtQuerySystemTime(&after);
  CHECK(after >= until);
  CHECK_STATUS(NtWaitForSingleObject(event, 0, &before), STATUS_TIMEOUT);  // In the past.
  NtSetEvent(event, NULL);
  CHECK_STATUS(NtWaitForSingleObject(event, 0, &before), STATUS_SUCCESS);
  NtClose(event);
}

static ULONG NTAPI SetLater(void* event) {
  Sleep(20);
  return (ULONG)NtSetEvent(event, NULL);
}

static void TestSignalAndWait(Tally* tally) {
  HANDLE mine = MakeEvent(SynchronizationEvent, 0), theirs = MakeEvent(SynchronizationEvent, 0);
  HANDLE thread = NULL;
  StartThread(&thread, SetLater, theirs);
  CHECK_STATUS(NtSignalAndWaitForSingleObject(mine, theirs, 0, NULL), STATUS_SUCCESS);
  CHECK_STATUS(WaitFor(mine, 0), STATUS_SUCCESS);
  CHECK_STATUS(NtSignalAndWaitForSingleObject(thread, mine, 0, NULL), STATUS_OBJECT_TYPE_MISMATCH);
  CHECK(JoinThread(thread) == STATUS_SUCCESS);
  NtClose(mine);
  NtClose(theirs);
}

void TestWaits(Tally* tally) {
  TestAnyAndAll(tally);
  TestManyObjects(tally);
  TestCrowd(tally);
  TestTimes(tally);
  TestSignalAndWait(tally);
}

void TestRefusedWaits(Tally* tally) {
  HANDLE event = MakeEvent(SynchronizationEvent, 1);
  const HANDLE pair[2] = {event, (HANDLE)0x7FFC};
  CHECK_STATUS(NtWaitForMultipleObjects(0, pair, WaitAny, 0, NULL), STATUS_INVALID_PARAMETER_1);
  CHECK_STATUS(NtWaitForMultipleObjects(65, pair, WaitAny, 0, NULL), STATUS_INVALID_PARAMETER_1);
  CHECK_STATUS(NtWaitForMultipleObjects(1, pair, 2, 0, NULL), STATUS_INVALID_PARAMETER_3);
  CHECK_STATUS(NtWaitForMultipleObjects(2, pair, WaitAny, 0, NULL), STATUS_INVALID_HANDLE);
  CHECK_STATUS(WaitFor(event, 0), STATUS_SUCCESS);  // That one was not taken.
  CHECK_STATUS(NtWaitForMultipleObjects(2, (HANDLE*)0x7FFEFFFC, WaitAny, 0, NULL),
               STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(NtWaitForSingleObject(event, 0, (LONGLONG*)0x80000000), STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(WaitFor(CURRENT_THREAD, 0), STATUS_TIMEOUT);
  CHECK_STATUS(WaitFor(CURRENT_PROCESS, 0), STATUS_TIMEOUT);
  NtClose(event);
}
