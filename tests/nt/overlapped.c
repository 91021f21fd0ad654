// Operations that end later: overlapped reads and writes of pipes, told by events, ports and calls, and taken back.
#include "check.h"

#define NAME "\\\\.\\pipe\\faultline overlapped"

static HANDLE server, client;

/// `quota` in both directions.
static void Open(DWORD quota) {
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1,
                            quota, quota, 0, NULL);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED, NULL);
  True("both ends", server != INVALID_HANDLE_VALUE && client != INVALID_HANDLE_VALUE);
}
static void Close(void) {
  CloseHandle(server);
  CloseHandle(client);
}

static OVERLAPPED WithEvent(void) {
  OVERLAPPED operation = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
  return operation;
}

static void Connecting(void) {
  DWORD count = 0;
  OVERLAPPED operation = WithEvent();
  server = CreateNamedPipeA(NAME, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 64,
                            64, 0, NULL);
  Is("listens", ConnectNamedPipe(server, &operation), 0);
  Is("pending", GetLastError(), ERROR_IO_PENDING);
  Is("no client", WaitForSingleObject(operation.hEvent, 0), WAIT_TIMEOUT);
  client = CreateFileA(NAME, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  Is("a client", WaitForSingleObject(operation.hEvent, 1000), 0);
  Is("connected", GetOverlappedResult(server, &operation, &count, FALSE), 1);
  CloseHandle(operation.hEvent);
  Close();
}

static void Reading(void) {
  char bytes[16] = "";
  DWORD count = 0;
  Open(64);
  OVERLAPPED read = WithEvent(), write = WithEvent(), plain = {0};
  Is("a read", ReadFile(server, bytes, 8, NULL, &read), 0);
  Is("pending", GetLastError(), ERROR_IO_PENDING);
  Is("not yet", GetOverlappedResult(server, &read, &count, FALSE), 0);
  Is("incomplete", GetLastError(), ERROR_IO_INCOMPLETE);
  Is("a write", WriteFile(client, "data", 4, &count, &write), 1);
  Is("ends the read", WaitForSingleObject(read.hEvent, 1000), 0);
  Is("with success", GetOverlappedResult(server, &read, &count, FALSE), 1);
  True("its data", count == 4 && !memcmp(bytes, "data", 4));
  // Without an event, the file itself is waited for.
  Is("one more", ReadFile(server, bytes, 8, NULL, &plain), 0);
  Is("the file", WaitForSingleObject(server, 0), WAIT_TIMEOUT);
  WriteFile(client, "more data", 9, &count, &write);
  Is("is signalled", GetOverlappedResult(server, &plain, &count, TRUE), 1);
  Is("its length", count, 8);
  Is("what is there", ReadFile(server, bytes, 8, &count, &read), 1);
  Is("comes at once", count, 1);
  Is("and is told", WaitForSingleObject(read.hEvent, 0), 0);

  Is("a read", ReadFile(server, bytes, 8, NULL, &read), 0);
  CloseHandle(client);
  Is("broken", GetOverlappedResult(server, &read, &count, TRUE), 0);
  Is("broken", GetLastError(), ERROR_BROKEN_PIPE);
  CloseHandle(server);
  CloseHandle(read.hEvent);
  CloseHandle(write.hEvent);
}

static void Writing(void) {
  char bytes[64];
  DWORD count = 0;
  Open(8);
  OVERLAPPED first = WithEvent(), second = WithEvent(), read = WithEvent();
  Is("fits", WriteFile(server, "12345", 5, &count, &first), 1);
  Is("does not", WriteFile(server, "abcdefgh", 8, NULL, &first), 0);
  Is("pending", GetLastError(), ERROR_IO_PENDING);
  Is("behind it", WriteFile(server, "XYZ", 3, NULL, &second), 0);
  Is("read", ReadFile(client, bytes, 4, &count, &read), 1);
  Is("too little", WaitForSingleObject(first.hEvent, 0), WAIT_TIMEOUT);
  Is("read", ReadFile(client, bytes, 3, &count, &read), 1);
  Is("the first fits", WaitForSingleObject(first.hEvent, 1000), 0);
  Is("the second not", WaitForSingleObject(second.hEvent, 0), WAIT_TIMEOUT);
  Is("the rest", ReadFile(client, bytes, 64, &count, &read), 1);
  True("in order", count == 9 && !memcmp(bytes, "cdefghXYZ", 9));
  Is("all done", GetOverlappedResult(server, &second, &count, FALSE), 1);
  Is("its length", count, 3);
  CloseHandle(first.hEvent);
  CloseHandle(second.hEvent);
  CloseHandle(read.hEvent);
  Close();
}

static void Ports(void) {
  char bytes[16];
  DWORD count = 0;
  ULONG_PTR key = 0;
  OVERLAPPED* which = NULL;
  OVERLAPPED read = {0}, write = {0};
  Open(64);
  HANDLE port = CreateIoCompletionPort(server, NULL, 7, 0);
  True("a port", port != NULL);
  True("the client's, too", CreateIoCompletionPort(client, port, 8, 0) == port);
  Is("pending", ReadFile(server, bytes, 16, NULL, &read), 0);
  Is("nothing told", GetQueuedCompletionStatus(port, &count, &key, &which, 0), 0);
  Is("written", WriteFile(client, "data", 4, NULL, &write), 1);
  for (int i = 0; i < 2; ++i) {
    Is("told", GetQueuedCompletionStatus(port, &count, &key, &which, 1000), 1);
    True("of one",
         (key == 7 && which == &read && count == 4) || (key == 8 && which == &write && count == 4));
  }
  Is("no more", GetQueuedCompletionStatus(port, &count, &key, &which, 0), 0);
  Is("only what pends",
     SetFileCompletionNotificationModes(client, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS), 1);
  Is("written", WriteFile(client, "data", 4, NULL, &write), 1);
  Is("not told", GetQueuedCompletionStatus(port, &count, &key, &which, 0), 0);
  Is("read at once", ReadFile(server, bytes, 16, NULL, &read), 1);
  Is("told", GetQueuedCompletionStatus(port, &count, &key, &which, 0), 1);
  Is("pending", ReadFile(server, bytes, 16, NULL, &read), 0);
  CloseHandle(client);
  Is("told of the end", GetQueuedCompletionStatus(port, &count, &key, &which, 1000), 0);
  Is("broken", GetLastError(), ERROR_BROKEN_PIPE);
  True("of that read", which == &read && key == 7);
  CloseHandle(server);
  CloseHandle(port);
}

static DWORD called_error, called_count;
static VOID WINAPI Called(DWORD error, DWORD count, OVERLAPPED* operation) {
  called_error = error;
  called_count = count + (operation->Offset == 5 ? 100 : 0);
}

static void Calls(void) {
  char bytes[16];
  DWORD count = 0;
  OVERLAPPED read = {.Offset = 0}, write = {0};
  Open(64);
  read.Offset = 5;
  Is("a read", ReadFileEx(server, bytes, 16, &read, Called), 1);
  WriteFile(client, "data", 4, &count, &write);
  Is("nobody called", called_count, 0);
  Is("until one waits", SleepEx(1000, TRUE), WAIT_IO_COMPLETION);
  True("called", called_error == 0 && called_count == 104);
  Close();
}

static void Cancelled(void) {
  char bytes[16];
  DWORD count = 0;
  OVERLAPPED first = WithEvent(), second = WithEvent();
  Open(4);
  ReadFile(server, bytes, 8, NULL, &first);
  ReadFile(server, bytes, 8, NULL, &second);
  Is("one taken back", CancelIoEx(server, &second), 1);
  Is("it ends", GetOverlappedResult(server, &second, &count, TRUE), 0);
  Is("aborted", GetLastError(), ERROR_OPERATION_ABORTED);
  Is("the other waits", WaitForSingleObject(first.hEvent, 0), WAIT_TIMEOUT);
  Is("once more", CancelIoEx(server, &second), 0);
  Is("not found", GetLastError(), ERROR_NOT_FOUND);
  Is("all of them", CancelIo(server), 1);
  Is("it ends", GetOverlappedResult(server, &first, &count, TRUE), 0);
  Is("aborted", GetLastError(), ERROR_OPERATION_ABORTED);
  WriteFile(server, "much too much", 13, NULL, &first);
  Is("a write, too", CancelIoEx(server, NULL), 1);
  Is("aborted", GetOverlappedResult(server, &first, &count, TRUE), 0);
  Is("nothing to read", PeekNamedPipe(client, NULL, 0, NULL, &count, NULL), 1);
  Is("none of it", count, 0);
  ReadFile(server, bytes, 8, NULL, &first);
  CloseHandle(server);
  Is("closed under it", WaitForSingleObject(first.hEvent, 1000), 0);
  CloseHandle(client);
  CloseHandle(first.hEvent);
  CloseHandle(second.hEvent);
}

static DWORD WINAPI Begin(void* argument) {
  static char bytes[8];
  ReadFile(server, bytes, 8, NULL, argument);
  return 0;
}

static void ByThreads(void) {
  DWORD count = 0;
  OVERLAPPED read = WithEvent();
  Open(64);
  HANDLE thread = CreateThread(NULL, 0, Begin, &read, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  Is("its thread has ended", GetOverlappedResult(server, &read, &count, TRUE), 0);
  Is("aborted", GetLastError(), ERROR_OPERATION_ABORTED);
  CloseHandle(thread);
  CloseHandle(read.hEvent);
  Close();
}

int main(void) {
  Connecting();
  Reading();
  Writing();
  Ports();
  Calls();
  Cancelled();
  ByThreads();
  return Finish();
}
