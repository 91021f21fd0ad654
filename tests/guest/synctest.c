// synctest: events, semaphores and mutants, as NT answers them; synctest_waits.c has the waits for several
// objects.
#include "synctest.h"

static LONG EventState(HANDLE event) {
  EVENT_BASIC_INFORMATION basic = {99, 99};
  NtQueryEvent(event, 0, &basic, sizeof(basic), NULL);
  return basic.EventState;
}

static void TestEvents(Tally* tally) {
  HANDLE event = NULL;
  ULONG previous = 99;
  CHECK_STATUS(NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0), STATUS_SUCCESS);
  CHECK(EventState(event) == 0);
  CHECK_STATUS(WaitFor(event, 0), STATUS_TIMEOUT);
  CHECK_STATUS(NtSetEvent(event, &previous), STATUS_SUCCESS);
  CHECK(previous == 0);
  CHECK_STATUS(NtSetEvent(event, &previous), STATUS_SUCCESS);
  CHECK(previous == 1);
  CHECK_STATUS(NtWaitForSingleObject(event, 0, NULL), STATUS_SUCCESS);
  CHECK(EventState(event) == 1);
  CHECK_STATUS(NtResetEvent(event, &previous), STATUS_SUCCESS);
  CHECK(previous == 1 && EventState(event) == 0);
  NtSetEvent(event, NULL);
  CHECK_STATUS(NtClearEvent(event), STATUS_SUCCESS);
  CHECK(EventState(event) == 0);
  CHECK_STATUS(NtPulseEvent(event, &previous), STATUS_SUCCESS);
  CHECK(previous == 0 && EventState(event) == 0);
  CHECK_STATUS(NtClose(event), STATUS_SUCCESS);

  event = MakeEvent(SynchronizationEvent, 1);
  EVENT_BASIC_INFORMATION basic;
  ULONG returned = 0;
  CHECK_STATUS(NtQueryEvent(event, 0, &basic, sizeof(basic), &returned), STATUS_SUCCESS);
  CHECK(basic.EventType == SynchronizationEvent && basic.EventState == 1 && returned == 8);
  CHECK_STATUS(WaitFor(event, 0), STATUS_SUCCESS);
  CHECK_STATUS(WaitFor(event, 0), STATUS_TIMEOUT);

  CHECK_STATUS(NtQueryEvent(event, 0, &basic, 7, NULL), STATUS_INFO_LENGTH_MISMATCH);
  CHECK_STATUS(NtQueryEvent(event, 1, &basic, sizeof(basic), NULL), STATUS_INVALID_INFO_CLASS);
  CHECK_STATUS(NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, 2, 0), STATUS_INVALID_PARAMETER);
  CHECK_STATUS(NtCreateEvent((HANDLE*)0x80001000, EVENT_ALL_ACCESS, NULL, 0, 0),
               STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(NtClose(event), STATUS_SUCCESS);
  CHECK_STATUS(NtSetEvent(event, NULL), STATUS_INVALID_HANDLE);
}

static void TestAccess(Tally* tally) {
  HANDLE event = NULL, semaphore = NULL;
  EVENT_BASIC_INFORMATION basic;
  CHECK_STATUS(NtCreateEvent(&event, EVENT_QUERY_STATE, NULL, NotificationEvent, 1),
               STATUS_SUCCESS);
  CHECK_STATUS(NtQueryEvent(event, 0, &basic, sizeof(basic), NULL), STATUS_SUCCESS);
  CHECK_STATUS(NtSetEvent(event, NULL), STATUS_ACCESS_DENIED);
  CHECK_STATUS(WaitFor(event, 0), STATUS_ACCESS_DENIED);
  CHECK_STATUS(NtReleaseSemaphore(event, 1, NULL), STATUS_OBJECT_TYPE_MISMATCH);
  NtClose(event);
  CHECK_STATUS(NtCreateEvent(&event, EVENT_MODIFY_STATE | SYNCHRONIZE, NULL, NotificationEvent, 1),
               STATUS_SUCCESS);
  CHECK_STATUS(NtQueryEvent(event, 0, &basic, sizeof(basic), NULL), STATUS_ACCESS_DENIED);
  CHECK_STATUS(WaitFor(event, 0), STATUS_SUCCESS);
  NtClose(event);
  CHECK_STATUS(NtCreateSemaphore(&semaphore, GENERIC_ALL, NULL, 0, 1), STATUS_SUCCESS);
  CHECK_STATUS(NtSetEvent(semaphore, NULL), STATUS_OBJECT_TYPE_MISMATCH);
  CHECK_STATUS(NtReleaseSemaphore(semaphore, 1, NULL), STATUS_SUCCESS);
  NtClose(semaphore);
}

static void TestNames(Tally* tally) {
  WideText wide;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&wide, "\\BaseNamedObjects\\synctest"));
  HANDLE event = NULL, again = NULL, mutant = NULL;
  CHECK_STATUS(NtOpenEvent(&again, EVENT_ALL_ACCESS, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK_STATUS(NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, NotificationEvent, 0),
               STATUS_SUCCESS);
  CHECK_STATUS(NtCreateEvent(&again, EVENT_ALL_ACCESS, &attributes, NotificationEvent, 0),
               STATUS_OBJECT_NAME_COLLISION);
  attributes.Attributes |= OBJ_OPENIF;
  CHECK_STATUS(NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, &attributes, 1),
               STATUS_OBJECT_TYPE_MISMATCH);
  CHECK_STATUS(NtCreateEvent(&again, EVENT_ALL_ACCESS, &attributes, SynchronizationEvent, 1),
               STATUS_OBJECT_NAME_EXISTS);
  CHECK(again != event && EventState(again) == 0);
  NtSetEvent(again, NULL);
  CHECK(EventState(event) == 1);
  NtClose(again);
  CHECK_STATUS(NtOpenMutant(&mutant, MUTANT_ALL_ACCESS, &attributes), STATUS_OBJECT_TYPE_MISMATCH);
  CHECK_STATUS(NtOpenEvent(&again, EVENT_ALL_ACCESS, &attributes), STATUS_SUCCESS);
  NtClose(event);
  CHECK(EventState(again) == 1);
  NtClose(again);
  CHECK_STATUS(NtOpenEvent(&again, EVENT_ALL_ACCESS, &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK_STATUS(NtOpenEvent(&again, EVENT_ALL_ACCESS, NULL), STATUS_OBJECT_PATH_SYNTAX_BAD);
}

static void TestSemaphores(Tally* tally) {
  HANDLE semaphore = NULL;
  ULONG previous = 99;
  SEMAPHORE_BASIC_INFORMATION basic;
  CHECK_STATUS(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 2, 3), STATUS_SUCCESS);
  CHECK_STATUS(NtReleaseSemaphore(semaphore, 2, &previous), STATUS_SEMAPHORE_LIMIT_EXCEEDED);
  CHECK_STATUS(NtReleaseSemaphore(semaphore, 1, &previous), STATUS_SUCCESS);
  CHECK(previous == 2);
  CHECK_STATUS(NtQuerySemaphore(semaphore, 0, &basic, sizeof(basic), NULL), STATUS_SUCCESS);
  CHECK(basic.CurrentCount == 3 && basic.MaximumCount == 3);
  for (int i = 0; i < 3; ++i) CHECK_STATUS(WaitFor(semaphore, 0), STATUS_SUCCESS);
  CHECK_STATUS(WaitFor(semaphore, 0), STATUS_TIMEOUT);
  CHECK_STATUS(NtReleaseSemaphore(semaphore, 0, NULL), STATUS_INVALID_PARAMETER);
  NtClose(semaphore);
  CHECK_STATUS(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 2, 1),
               STATUS_INVALID_PARAMETER);
  CHECK_STATUS(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, -1, 1),
               STATUS_INVALID_PARAMETER);
  CHECK_STATUS(NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, NULL, 0, 0),
               STATUS_INVALID_PARAMETER);
}

static ULONG NTAPI TakeAndEnd(void* mutant) {
  return (ULONG)NtWaitForSingleObject(mutant, 0, NULL);
}
static ULONG NTAPI ReleaseNotMine(void* mutant) { return (ULONG)NtReleaseMutant(mutant, NULL); }

static void TestMutants(Tally* tally) {
  HANDLE mutant = NULL, thread = NULL;
  LONG previous = 99;
  MUTANT_BASIC_INFORMATION basic;
  CHECK_STATUS(NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, NULL, 1), STATUS_SUCCESS);
  CHECK_STATUS(WaitFor(mutant, 0), STATUS_SUCCESS);
  CHECK_STATUS(NtQueryMutant(mutant, 0, &basic, sizeof(basic), NULL), STATUS_SUCCESS);
  CHECK(basic.CurrentCount == -1 && basic.OwnedByCaller == 1 && basic.AbandonedState == 0);
  StartThread(&thread, ReleaseNotMine, mutant);
  CHECK(JoinThread(thread) == STATUS_MUTANT_NOT_OWNED);
  CHECK_STATUS(NtReleaseMutant(mutant, &previous), STATUS_SUCCESS);
  CHECK(previous == -1);
  CHECK_STATUS(NtReleaseMutant(mutant, &previous), STATUS_SUCCESS);
  CHECK(previous == 0);
  CHECK_STATUS(NtReleaseMutant(mutant, &previous), STATUS_MUTANT_NOT_OWNED);
  StartThread(&thread, TakeAndEnd, mutant);
  CHECK(JoinThread(thread) == STATUS_SUCCESS);
  CHECK_STATUS(NtQueryMutant(mutant, 0, &basic, sizeof(basic), NULL), STATUS_SUCCESS);
  CHECK(basic.CurrentCount == 1 && basic.AbandonedState == 1);
  CHECK_STATUS(WaitFor(mutant, 0), STATUS_ABANDONED_WAIT_0);
  CHECK_STATUS(WaitFor(mutant, 0), STATUS_SUCCESS);
  NtClose(mutant);
}

int GuestMain(void) {
  Tally tally = {0, 0};
  TestEvents(&tally);
  TestAccess(&tally);
  TestNames(&tally);
  TestSemaphores(&tally);
  TestMutants(&tally);
  TestWaits(&tally);
  TestRefusedWaits(&tally);
  return Report(&tally);
}
