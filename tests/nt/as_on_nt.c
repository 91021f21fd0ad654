// Where Wine's own kernel side does otherwise than NT, and this one does as NT does: not to be compared with Wine.
#include "check.h"

NTSTATUS NTAPI NtAlertThread(HANDLE);
NTSTATUS NTAPI NtAlertResumeThread(HANDLE, ULONG*);
NTSTATUS NTAPI NtAlertThreadByThreadId(HANDLE);
NTSTATUS NTAPI NtTestAlert(void);
NTSTATUS NTAPI NtDelayExecution(BOOLEAN, const LARGE_INTEGER*);
NTSTATUS NTAPI NtCreateTimer(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtSetTimer(HANDLE, const LARGE_INTEGER*, void*, void*, BOOLEAN, LONG, BOOLEAN*);
NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, HANDLE*, ACCESS_MASK, ULONG, ULONG);
NTSTATUS NTAPI NtWaitForKeyedEvent(HANDLE, const void*, BOOLEAN, const LARGE_INTEGER*);
NTSTATUS NTAPI NtSetTimerResolution(ULONG, BOOLEAN, ULONG*);
NTSTATUS NTAPI NtYieldExecution(void);

static int calls;
static void WINAPI Record(ULONG_PTR value) { calls += (int)value; }
static void CALLBACK Called(void* argument, DWORD low, DWORD high) {
  (void)argument;
  (void)low;
  (void)high;
  ++calls;
}

static void Alerts(void) {
  const LARGE_INTEGER none = {0}, soon = Milliseconds(10);
  const HANDLE self = GetCurrentThread();
  Is("alert myself", NtAlertThread(self), 0);
  Is("a sleep that is not alertable", NtDelayExecution(FALSE, &soon), 0);
  Is("an alertable one", NtDelayExecution(TRUE, &soon), STATUS_ALERTED_);
  Is("alerted once", NtDelayExecution(TRUE, &none), 0);
  Is("no alert", NtTestAlert(), 0);
  NtAlertThread(self);
  QueueUserAPC(Record, self, 1);
  Is("the alert comes first", NtTestAlert(), STATUS_ALERTED_);
  Is("no call yet", calls, 0);
  Is("then the call", NtTestAlert(), 0);
  Is("is made", calls, 1);
  NtAlertThread(self);
  Is("a keyed event", NtWaitForKeyedEvent(NULL, (void*)8, TRUE, &soon), STATUS_ALERTED_);
  Is("alert of nobody", NtAlertThreadByThreadId((HANDLE)0x7FFFF0), STATUS_INVALID_CID_);
  Is("nobody else is ready", NtYieldExecution(), 0x40000024);
}

static HANDLE about_to_sleep;

static DWORD WINAPI SleepAlertably(void* milliseconds) {
  const LARGE_INTEGER time = Milliseconds((intptr_t)milliseconds);
  SetEvent(about_to_sleep);
  return (DWORD)NtDelayExecution(TRUE, &time);
}

static void AlertsOfOthers(void) {
  DWORD code = 0;
  ULONG count = 9;
  about_to_sleep = CreateEventW(NULL, FALSE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, SleepAlertably, (void*)20000, 0, NULL);
  WaitForSingleObject(about_to_sleep, INFINITE);
  Sleep(10);
  Is("alert a sleeper", NtAlertThread(thread), 0);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("wakes it", code, STATUS_ALERTED_);
  CloseHandle(thread);
  thread = CreateThread(NULL, 0, SleepAlertably, (void*)10, CREATE_SUSPENDED, NULL);
  Is("alert and resume", NtAlertResumeThread(thread, &count), 0);
  Is("was suspended", count, 1);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  // The alert is met where the thread begins: the loader goes on by NtContinue, which looks for alerts.
  True("sleeps no more, or had its alert before", code == STATUS_ALERTED_ || code == 0);
  CloseHandle(thread);
  CloseHandle(about_to_sleep);
}

static void Timers(void) {
  LARGE_INTEGER due = Milliseconds(5);
  ULONG resolution = 0;
  HANDLE timer;
  Is("a timer of no kind", NtCreateTimer(&timer, TIMER_ALL_ACCESS, NULL, 2), 0xC00000F2);
  calls = 0;
  timer = CreateWaitableTimerW(NULL, FALSE, NULL);
  Is("a negative period", NtSetTimer(timer, &due, NULL, NULL, FALSE, -1, NULL), 0xC00000F4);
  SetWaitableTimer(timer, &due, 0, Called, NULL, FALSE);
  Sleep(20);
  CloseHandle(timer);
  Is("closed when due", SleepEx(0, TRUE), 0);
  Is("takes its call back", calls, 0);
  Is("resolution not set", NtSetTimerResolution(10000, FALSE, &resolution), 0xC0000245);
  Is("set", NtSetTimerResolution(10000, TRUE, &resolution), 0);
  Is("given up", NtSetTimerResolution(10000, FALSE, &resolution), 0);
}

static void Handles(void) {
  const HANDLE self = GetCurrentProcess();
  HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
  Is("closed from outside",
     NtDuplicateObject(self, event, NULL, NULL, 0, 0, DUPLICATE_CLOSE_SOURCE), 0);
  Is("is closed", NtClose(event), STATUS_INVALID_HANDLE_);
}

static HANDLE port;

static DWORD WINAPI WaitForPacket(void* argument) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  OVERLAPPED* which = NULL;
  (void)argument;
  return GetQueuedCompletionStatus(port, &bytes, &key, &which, 20000) ? 0 : GetLastError();
}

static void Ports(void) {
  DWORD code = 0;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  HANDLE thread = CreateThread(NULL, 0, WaitForPacket, NULL, 0, NULL);
  Sleep(20);
  CloseHandle(port);
  Is("a port that goes", WaitForSingleObject(thread, 30000), WAIT_OBJECT_0);
  GetExitCodeThread(thread, &code);
  // Wine's kernel32 has other words for STATUS_ABANDONED_WAIT_0.
  True("is abandoned", code == ERROR_ABANDONED_WAIT_0 || code == ERROR_WAIT_NO_CHILDREN);
  CloseHandle(thread);
}

int main(void) {
  Alerts();
  AlertsOfOthers();
  Timers();
  Handles();
  Ports();
  return Finish();
}
