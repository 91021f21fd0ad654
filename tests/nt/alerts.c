// Alerts by thread id, user APCs, and the waits that they end.
#include "check.h"

NTSTATUS NTAPI NtAlertThreadByThreadId(HANDLE);
NTSTATUS NTAPI NtWaitForAlertByThreadId(const void*, const LARGE_INTEGER*);
NTSTATUS NTAPI NtQueueApcThread(HANDLE, void (*)(ULONG_PTR, ULONG_PTR, ULONG_PTR), ULONG_PTR,
                                ULONG_PTR, ULONG_PTR);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN, const LARGE_INTEGER*);
NTSTATUS NTAPI NtSignalAndWaitForSingleObject(HANDLE, HANDLE, BOOLEAN, const LARGE_INTEGER*);

static HANDLE IdHandle(DWORD id) { return (HANDLE)(ULONG_PTR)id; }

static DWORD WINAPI AlertLater(void* argument) {
  Sleep(20);
  NtAlertThreadByThreadId(argument);
  return 0;
}

static void AlertsById(void) {
  const LARGE_INTEGER none = {0}, soon = Milliseconds(10), long_time = Milliseconds(20000);
  const HANDLE self = IdHandle(GetCurrentThreadId());
  Is("no alert", NtWaitForAlertByThreadId(NULL, &none), STATUS_TIMEOUT_);
  Is("no alert in 10 ms", NtWaitForAlertByThreadId(NULL, &soon), STATUS_TIMEOUT_);
  Is("alert myself", NtAlertThreadByThreadId(self), 0);
  Is("alert myself again", NtAlertThreadByThreadId(self), 0);
  Is("alerted", NtWaitForAlertByThreadId(NULL, NULL), STATUS_ALERTED_);
  Is("but once", NtWaitForAlertByThreadId(NULL, &none), STATUS_TIMEOUT_);
  Is("alert of nobody", NtAlertThreadByThreadId(IdHandle(0x7FFFFFF0)), STATUS_INVALID_CID_);
  HANDLE thread = CreateThread(NULL, 0, AlertLater, self, 0, NULL);
  Is("alerted by another", NtWaitForAlertByThreadId(NULL, &long_time), STATUS_ALERTED_);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

// ---- User APCs ------------------------------------------------------------------------------------------

static int calls;
static ULONG_PTR seen[16];

static void WINAPI Record(ULONG_PTR value) { seen[calls++] = value; }
static void WINAPI QueueAnother(ULONG_PTR value) {
  Record(value);
  QueueUserAPC(Record, GetCurrentThread(), value + 1);
}
static void Three(ULONG_PTR a, ULONG_PTR b, ULONG_PTR c) { seen[calls++] = a * 100 + b * 10 + c; }
static void WINAPI SleepInside(ULONG_PTR value) {
  Record(value);
  Is("SleepEx within an APC", SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
  Record(value + 1);
}

static void OfMyself(void) {
  const LARGE_INTEGER soon = Milliseconds(10);
  HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
  Is("queue one", QueueUserAPC(Record, GetCurrentThread(), 1) != 0, 1);
  Is("queue another", QueueUserAPC(Record, GetCurrentThread(), 2) != 0, 1);
  Sleep(1);
  Is("a plain sleep makes no calls", calls, 0);
  Is("a plain wait times out", WaitForSingleObject(event, 5), WAIT_TIMEOUT);
  Is("and makes none", calls, 0);
  SetEvent(event);
  Is("an alertable wait that can end", WaitForSingleObjectEx(event, 1000, TRUE), WAIT_OBJECT_0);
  Is("ends, and makes none", calls, 0);
  ResetEvent(event);
  Is("one that cannot", WaitForSingleObjectEx(event, 0, TRUE), WAIT_IO_COMPLETION);
  Is("makes all calls", calls, 2);
  Is("the first one first", (ULONG)(seen[0] * 10 + seen[1]), 12);
  Is("none are left", WaitForSingleObjectEx(event, 0, TRUE), WAIT_TIMEOUT);

  calls = 0;
  QueueUserAPC(QueueAnother, GetCurrentThread(), 5);
  Is("SleepEx", SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
  Is("a call that queues one", calls, 2);
  Is("which is made, too", (ULONG)seen[1], 6);

  calls = 0;
  QueueUserAPC(SleepInside, GetCurrentThread(), 7);
  QueueUserAPC(Record, GetCurrentThread(), 20);
  Is("SleepEx around", SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
  Is("nested calls", calls, 3);
  Is("in their order", (ULONG)(seen[0] * 10000 + seen[1] * 100 + seen[2]), 72008);

  calls = 0;
  Is("NtQueueApcThread", NtQueueApcThread(GetCurrentThread(), Three, 1, 2, 3), 0);
  Is("NtDelayExecution", NtDelayExecution(TRUE, &soon), STATUS_USER_APC_);
  Is("its three arguments", (ULONG)seen[0], 123);

  calls = 0;
  HANDLE both[2] = {event, event};
  QueueUserAPC(Record, GetCurrentThread(), 1);
  Is("a wait for several", WaitForMultipleObjectsEx(2, both, FALSE, 10000, TRUE),
     WAIT_IO_COMPLETION);
  Is("makes it", calls, 1);
  HANDLE signal = CreateEventW(NULL, TRUE, FALSE, NULL);
  QueueUserAPC(Record, GetCurrentThread(), 1);
  Is("signal and wait", SignalObjectAndWait(signal, event, 10000, TRUE), WAIT_IO_COMPLETION);
  Is("makes it, too", calls, 2);
  Is("and has signalled", WaitForSingleObject(signal, 0), WAIT_OBJECT_0);
  CloseHandle(signal);
  CloseHandle(event);
}

static HANDLE ready;

static DWORD WINAPI SleepAlertably(void* argument) {
  (void)argument;
  SetEvent(ready);
  const DWORD result = SleepEx(INFINITE, TRUE);
  return result * 1000 + calls;
}

/// Floating-point state and registers go on as they were.
static DWORD WINAPI ComputeAlertably(void* argument) {
  (void)argument;
  volatile double third = 1.0 / 3.0;
  double sum = 0;
  for (int i = 0; i < 50; ++i) {
    sum += third;
    QueueUserAPC(Record, GetCurrentThread(), 0);
    calls = 0;
    SleepEx(0, TRUE);
  }
  return (DWORD)(sum * 3 + 0.5);
}

static void OfOthers(void) {
  DWORD code = 0;
  calls = 0;
  ready = CreateEventW(NULL, FALSE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, SleepAlertably, NULL, 0, NULL);
  WaitForSingleObject(ready, INFINITE);
  Sleep(10);
  Is("queue to a sleeper", QueueUserAPC(Record, thread, 9) != 0, 1);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("wakes it", code, WAIT_IO_COMPLETION * 1000 + 1);
  Is("queue to one that has ended", QueueUserAPC(Record, thread, 9), 0);
  CloseHandle(thread);

  calls = 0;
  thread = CreateThread(NULL, 0, SleepAlertably, NULL, CREATE_SUSPENDED, NULL);
  QueueUserAPC(Record, thread, 1);
  ResumeThread(thread);
  WaitForSingleObject(ready, INFINITE);
  Is("one queued before the start is made before it", calls, 1);
  QueueUserAPC(Record, thread, 2);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("and ends no sleep", code, WAIT_IO_COMPLETION * 1000 + 2);
  CloseHandle(thread);

  thread = CreateThread(NULL, 0, ComputeAlertably, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("a sum over 50 calls", code, 50);
  CloseHandle(thread);
  CloseHandle(ready);
}

int main(void) {
  AlertsById();
  OfMyself();
  OfOthers();
  return Finish();
}
