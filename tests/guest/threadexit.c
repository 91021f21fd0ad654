// threadexit KIND: how a process of several threads ends, and with which status.
#include "guest.h"

static volatile ULONG begun;

static int Recurse(int depth) {
  volatile char room[1000];
  room[0] = (char)depth;
  if (depth < 0) return 0;  // After 2^31 calls: the compiler wants an end.
  return Recurse(depth + 1) + room[0];
}

static ULONG NTAPI EndLater(void* status) {
  Sleep(30);
  return (ULONG)status;
}
static ULONG NTAPI EndProcess(void* status) {
  NtTerminateProcess(CURRENT_PROCESS, (NTSTATUS)(ULONG)status);
  return 1;
}
static ULONG NTAPI Overflow(void* unused) {
  (void)unused;
  return (ULONG)Recurse(0);
}
static ULONG NTAPI TouchNull(void* unused) {
  (void)unused;
  return *(volatile UCHAR*)8;
}
static ULONG NTAPI Forever(void* unused) {
  begun = 1;
  while (!unused) Sleep(1);
  return 0;
}
static ULONG NTAPI EndMain(void* thread) {
  NtTerminateThread(thread, 1);
  Sleep(10);
  return 33;
}
// Asleep in a read of input that never comes.
static ULONG NTAPI ReadInput(void* unused) {
  (void)unused;
  char byte;
  IO_STATUS_BLOCK io;
  begun = 1;
  NtReadFile(StandardInput(), NULL, NULL, NULL, &io, &byte, 1, NULL, NULL);
  return 1;
}

static HANDLE Start(ThreadStart start, void* argument) {
  HANDLE thread = NULL;
  const NTSTATUS status = StartThread(&thread, start, argument);
  if (status < 0) Exit((ULONG)status);
  return thread;
}

// A child that begins only when it is told to; 27 if all is well.
static int RunSuspendedChild(const char* path) {
  HANDLE process = NULL, thread = NULL;
  LONGLONG a_while = -300000;
  ULONG previous = 0;
  if (StartSuspended(&process, &thread, path, "threadexit alone") != STATUS_SUCCESS) return 7;
  if (NtWaitForSingleObject(process, 0, &a_while) != STATUS_TIMEOUT) return 8;
  if (NtResumeThread(thread, &previous) != STATUS_SUCCESS || previous != 1) return 9;
  return JoinThread(thread) == 23 && WaitForExit(process) == 23 ? 27 : 10;
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 2) return 2;
  const char* kind = arguments.item[1];
  // The last thread's status is the process': 21, 22.
  if (StringsEqual(kind, "last")) {
    Start(EndLater, (void*)21);
    NtTerminateThread(CURRENT_THREAD, 5);
  }
  if (StringsEqual(kind, "last-by-call")) {
    Start(EndLater, (void*)22);
    RtlExitUserThread(5);
  }
  if (StringsEqual(kind, "alone")) NtTerminateThread(CURRENT_THREAD, 23);
  // Any thread can end the process.
  if (StringsEqual(kind, "process")) {
    Start(Forever, NULL);
    Start(EndProcess, (void*)24);
    NtWaitForSingleObject(CURRENT_THREAD, 0, NULL);
  }
  if (StringsEqual(kind, "main-killed")) {
    HANDLE thread = NULL;
    CLIENT_ID self = CurrentTeb()->ClientId;
    OBJECT_ATTRIBUTES none;
    InitAttributes(&none, NULL);
    NtOpenThread(&thread, THREAD_ALL_ACCESS, &none, &self);
    Start(EndMain, thread);
    NtWaitForSingleObject(CURRENT_THREAD, 0, NULL);
  }
  if (StringsEqual(kind, "overflow") || StringsEqual(kind, "null")) {
    Start(Forever, NULL);
    Start(kind[0] == 'o' ? Overflow : TouchNull, NULL);
    NtWaitForSingleObject(CURRENT_THREAD, 0, NULL);
  }
  if (StringsEqual(kind, "others")) {
    HANDLE thread = Start(Forever, NULL);
    while (!begun) Sleep(1);
    if (NtTerminateProcess(NULL, 3) != STATUS_SUCCESS) return 4;
    return JoinThread(thread) == 3 ? 25 : 5;
  }
  if (StringsEqual(kind, "reader-killed")) {
    HANDLE thread = Start(ReadInput, NULL);
    while (!begun) Sleep(1);
    Sleep(20);
    NtTerminateThread(thread, 26);
    return (int)JoinThread(thread);
  }
  if (StringsEqual(kind, "child")) return RunSuspendedChild(arguments.item[0]);
  return 6;
}
