// Waitable timers, sleeps, and how long they take.
#include "check.h"

NTSTATUS NTAPI NtQueryTimer(HANDLE, ULONG, void*, ULONG, ULONG*);
NTSTATUS NTAPI NtCreateTimer(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtCancelTimer(HANDLE, BOOLEAN*);
NTSTATUS NTAPI NtSetTimer(HANDLE, const LARGE_INTEGER*, void*, void*, BOOLEAN, ULONG, BOOLEAN*);
NTSTATUS NTAPI NtQueryTimerResolution(ULONG*, ULONG*, ULONG*);
NTSTATUS NTAPI NtSetTimerResolution(ULONG, BOOLEAN, ULONG*);

struct TimerInformation {
  LARGE_INTEGER remaining;
  BOOLEAN signaled;
};

static LONGLONG Now(void) {
  LARGE_INTEGER now;
  QueryPerformanceCounter(&now);
  return now.QuadPart;
}

static void Kinds(void) {
  LARGE_INTEGER due = Milliseconds(20);
  HANDLE manual = CreateWaitableTimerW(NULL, TRUE, NULL);
  HANDLE automatic = CreateWaitableTimerW(NULL, FALSE, NULL);
  Is("not set", WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
  const LONGLONG start = Now();
  SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
  SetWaitableTimer(automatic, &due, 0, NULL, NULL, FALSE);
  Is("not due yet", WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
  Is("due", WaitForSingleObject(manual, 5000), WAIT_OBJECT_0);
  True("not before its time", Now() - start >= 200000);
  Is("stays signalled", WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
  Is("the other is due", WaitForSingleObject(automatic, 5000), WAIT_OBJECT_0);
  Is("once", WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
  Is("set again", SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE), 1);
  Is("is signalled no more", WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
  Is("cancelled", CancelWaitableTimer(manual), 1);
  Is("never comes", WaitForSingleObject(manual, 60), WAIT_TIMEOUT);
  due.QuadPart = 0;
  SetWaitableTimer(manual, &due, 0, NULL, NULL, FALSE);
  Is("due at once", WaitForSingleObject(manual, 1000), WAIT_OBJECT_0);
  CloseHandle(manual);

  due = Milliseconds(5);
  SetWaitableTimer(automatic, &due, 5, NULL, NULL, FALSE);
  int count = 0;
  while (count < 5 && WaitForSingleObject(automatic, 5000) == WAIT_OBJECT_0) ++count;
  Is("periods", count, 5);
  CancelWaitableTimer(automatic);
  CloseHandle(automatic);
}

static void ByDate(void) {
  FILETIME date;
  LARGE_INTEGER due;
  HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
  GetSystemTimeAsFileTime(&date);
  due.LowPart = date.dwLowDateTime;
  due.HighPart = (LONG)date.dwHighDateTime;
  due.QuadPart += 300000;
  SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
  Is("a date to come", WaitForSingleObject(timer, 0), WAIT_TIMEOUT);
  Is("comes", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  GetSystemTimeAsFileTime(&date);
  True("and is past",
       ((LONGLONG)date.dwHighDateTime << 32 | date.dwLowDateTime) + 160000 >= due.QuadPart);
  due.QuadPart = 1;
  SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE);
  Is("a date long past", WaitForSingleObject(timer, 1000), WAIT_OBJECT_0);
  CloseHandle(timer);
}

static int calls;
static LONGLONG call_date;
static void* call_argument;

static void CALLBACK Called(void* argument, DWORD low, DWORD high) {
  ++calls;
  call_argument = argument;
  call_date = (LONGLONG)high << 32 | low;
}

static void Calls(void) {
  LARGE_INTEGER due = Milliseconds(10);
  FILETIME date;
  HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
  Is("with a call", SetWaitableTimer(timer, &due, 0, Called, &calls, FALSE), 1);
  Is("a wait without alerts", WaitForSingleObject(timer, 5000), WAIT_OBJECT_0);
  Is("makes no call", calls, 0);
  Is("an alertable sleep", SleepEx(0, TRUE), WAIT_IO_COMPLETION);
  Is("does", calls, 1);
  True("with its argument", call_argument == &calls);
  GetSystemTimeAsFileTime(&date);
  const LONGLONG now = (LONGLONG)date.dwHighDateTime << 32 | date.dwLowDateTime;
  due.QuadPart = now + 100000;
  SetWaitableTimer(timer, &due, 0, Called, NULL, FALSE);
  Is("set to a date", SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
  True("which the call is told", call_date >= due.QuadPart && call_date < due.QuadPart + 600000000);
  due = Milliseconds(10);
  SetWaitableTimer(timer, &due, 0, Called, NULL, FALSE);
  Sleep(30);
  CancelWaitableTimer(timer);
  Is("cancelled when due", SleepEx(0, TRUE), 0);
  Is("takes the call back", calls, 2);
  CloseHandle(timer);
}

static void Native(void) {
  struct TimerInformation information;
  ULONG length = 0;
  BOOLEAN state = 9;
  HANDLE timer;
  LARGE_INTEGER due = Milliseconds(60000);
  Is("create", NtCreateTimer(&timer, TIMER_ALL_ACCESS, NULL, 0), 0);
  Is("set", NtSetTimer(timer, &due, NULL, NULL, FALSE, 0, &state), 0);
  Is("was not signalled", state, 0);
  Is("query", NtQueryTimer(timer, 0, &information, sizeof(information), &length), 0);
  Is("length", length, 16);
  Is("not signalled", information.signaled, 0);
  True("remaining",
       information.remaining.QuadPart > 0 && information.remaining.QuadPart <= 600000000);
  Is("query short", NtQueryTimer(timer, 0, &information, 8, NULL), STATUS_INFO_LENGTH_MISMATCH_);
  due.QuadPart = -1;
  NtSetTimer(timer, &due, NULL, NULL, FALSE, 0, &state);
  WaitForSingleObject(timer, INFINITE);
  state = 9;
  Is("cancel what is due", NtCancelTimer(timer, &state), 0);
  Is("it is signalled", state, 1);
  NtQueryTimer(timer, 0, &information, sizeof(information), NULL);
  Is("still", information.signaled, 1);
  due = Milliseconds(60000);
  NtSetTimer(timer, &due, NULL, NULL, FALSE, 0, &state);
  Is("was signalled", state, 1);
  Is("close", NtClose(timer), 0);
  Is("closed", NtCancelTimer(timer, NULL), STATUS_INVALID_HANDLE_);
}

static void Sleeps(void) {
  for (int length = 0; length <= 20; length += 5) {
    const LONGLONG start = Now();
    const DWORD tick = GetTickCount();
    Sleep(length);
    const LONGLONG took = Now() - start;
    char name[40];
    sprintf(name, "Sleep(%d) is not shorter", length);
    True(name, took >= length * 10000 && GetTickCount() - tick + 16 >= (DWORD)length);
  }
}

int main(void) {
  Kinds();
  ByDate();
  Calls();
  Native();
  Sleeps();
  return Finish();
}
