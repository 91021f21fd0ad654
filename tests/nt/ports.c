// I/O completion ports: packets, threads that wait for them, and the end of a port.
#include "check.h"

NTSTATUS NTAPI NtQueryIoCompletion(HANDLE, ULONG, void*, ULONG, ULONG*);
NTSTATUS NTAPI NtSetIoCompletion(HANDLE, ULONG_PTR, ULONG_PTR, NTSTATUS, SIZE_T);
NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE, ULONG_PTR*, ULONG_PTR*, IO_STATUS_BLOCK*,
                                    LARGE_INTEGER*);

static OVERLAPPED some[16];

static ULONG Depth(HANDLE port) {
  ULONG depth = 99;
  NtQueryIoCompletion(port, 0, &depth, sizeof(depth), NULL);
  return depth;
}

static void Packets(void) {
  DWORD bytes = 0;
  ULONG_PTR key = 0;
  OVERLAPPED* which = NULL;
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  True("a port", port != NULL);
  Is("nothing yet", GetQueuedCompletionStatus(port, &bytes, &key, &which, 0), 0);
  Is("time-out", GetLastError(), WAIT_TIMEOUT);
  Is("post", PostQueuedCompletionStatus(port, 10, 20, &some[1]), 1);
  Is("post", PostQueuedCompletionStatus(port, 11, 21, &some[2]), 1);
  Is("depth", Depth(port), 2);
  Is("get", GetQueuedCompletionStatus(port, &bytes, &key, &which, 0), 1);
  True("the first", bytes == 10 && key == 20 && which == &some[1]);
  Is("get", GetQueuedCompletionStatus(port, &bytes, &key, &which, INFINITE), 1);
  True("the second", bytes == 11 && key == 21 && which == &some[2]);
  Is("depth", Depth(port), 0);

  ULONG_PTR value = 0;
  IO_STATUS_BLOCK io;
  LARGE_INTEGER none = {0};
  Is("set", NtSetIoCompletion(port, 1, 2, 0x12345678, 3), 0);
  Is("remove", NtRemoveIoCompletion(port, &key, &value, &io, &none), 0);
  True("all four", key == 1 && value == 2 && io.Status == 0x12345678 && io.Information == 3);
  Is("remove", NtRemoveIoCompletion(port, &key, &value, &io, &none), STATUS_TIMEOUT_);
  NtSetIoCompletion(port, 1, (ULONG_PTR)&some[3], 0xC0000011, 3);
  Is("a failed one", GetQueuedCompletionStatus(port, &bytes, &key, &which, 0), 0);
  Is("end of file", GetLastError(), ERROR_HANDLE_EOF);

  OVERLAPPED_ENTRY entries[4];
  ULONG count = 0;
  for (int i = 0; i < 6; ++i) PostQueuedCompletionStatus(port, i, 0, &some[i]);
  Is("several", GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE), 1);
  Is("four", count, 4);
  True("in order", entries[0].lpOverlapped == &some[0] && entries[3].lpOverlapped == &some[3] &&
                       entries[3].dwNumberOfBytesTransferred == 3);
  Is("the rest", GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE), 1);
  Is("two", count, 2);
  CloseHandle(port);
}

static HANDLE port;
static volatile LONG taken, sum;

static DWORD WINAPI Serve(void* argument) {
  (void)argument;
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED* which = NULL;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &which, INFINITE)) return GetLastError();
    if (!which) return 0;
    InterlockedIncrement(&taken);
    InterlockedExchangeAdd(&sum, (LONG)bytes);
  }
}

static void Servers(void) {
  HANDLE threads[3];
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  for (int i = 0; i < 3; ++i) threads[i] = CreateThread(NULL, 0, Serve, NULL, 0, NULL);
  for (int i = 1; i <= 300; ++i) PostQueuedCompletionStatus(port, i, 0, &some[0]);
  for (int i = 0; i < 3; ++i) PostQueuedCompletionStatus(port, 0, 0, NULL);
  Is("servers end", WaitForMultipleObjects(3, threads, TRUE, 20000), 0);
  Is("packets", taken, 300);
  Is("their sum", sum, 45150);
  for (int i = 0; i < 3; ++i) CloseHandle(threads[i]);
  CloseHandle(port);
}

static void CALLBACK Nothing(ULONG_PTR argument) { (void)argument; }

static void Alertable(void) {
  OVERLAPPED_ENTRY entry;
  ULONG count = 0;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  QueueUserAPC(Nothing, GetCurrentThread(), 0);
  Is("an APC", GetQueuedCompletionStatusEx(port, &entry, 1, &count, 10000, TRUE), 0);
  Is("ends the wait", GetLastError(), WAIT_IO_COMPLETION);
  CloseHandle(port);
}

static VOID CALLBACK Work(PTP_CALLBACK_INSTANCE instance, void* argument, PTP_WORK work) {
  (void)instance;
  (void)work;
  InterlockedIncrement((LONG*)argument);
}

static void Pool(void) {
  LONG done = 0;
  PTP_WORK work = CreateThreadpoolWork(Work, &done, NULL);
  for (int i = 0; i < 50; ++i) SubmitThreadpoolWork(work);
  WaitForThreadpoolWorkCallbacks(work, FALSE);
  Is("a thread pool works", done, 50);
  CloseThreadpoolWork(work);
}

int main(void) {
  Packets();
  Servers();
  Alertable();
  Pool();
  return Finish();
}
