// Pipes as programs use them: anonymous ones, named ones by bytes and by messages, their ends, and what is left to
// read when the other end is gone.
#include "check.h"

static HANDLE in, out;

static DWORD ReadSome(HANDLE from, char* to, DWORD room, DWORD* error) {
  DWORD count = 0;
  *error = ReadFile(from, to, room, &count, NULL) ? 0 : GetLastError();
  return count;
}

static void Anonymous(void) {
  char bytes[64] = "";
  DWORD count = 0, error = 0;
  Is("a pipe", CreatePipe(&in, &out, NULL, 0), 1);
  Is("its type", GetFileType(in), FILE_TYPE_PIPE);
  Is("both", GetFileType(out), FILE_TYPE_PIPE);
  Is("nothing there", PeekNamedPipe(in, NULL, 0, NULL, &count, NULL), 1);
  Is("0 bytes", count, 0);
  Is("written", WriteFile(out, "hello", 5, &count, NULL), 1);
  Is("5 bytes", count, 5);
  Is("more", WriteFile(out, ", pipe", 6, &count, NULL), 1);
  Is("peeked", PeekNamedPipe(in, bytes, 3, &count, &error, NULL), 1);
  True("three of eleven", count == 3 && error == 11 && !memcmp(bytes, "hel", 3));
  Is("read", ReadSome(in, bytes, sizeof(bytes), &error), 11);
  True("both pieces", !memcmp(bytes, "hello, pipe", 11));
  Is("wrong way to write", WriteFile(in, "x", 1, &count, NULL), 0);
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  Is("wrong way to read", ReadFile(out, bytes, 1, &count, NULL), 0);
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  Is("the last words", WriteFile(out, "bye", 3, &count, NULL), 1);
  CloseHandle(out);
  Is("two of them", ReadSome(in, bytes, 2, &error), 2);
  Is("the rest", ReadSome(in, bytes, 9, &error), 1);
  Is("nothing more", ReadSome(in, bytes, 9, &error), 0);
  Is("broken", error, ERROR_BROKEN_PIPE);
  Is("peeked", PeekNamedPipe(in, NULL, 0, NULL, &count, NULL), 0);
  Is("broken", GetLastError(), ERROR_BROKEN_PIPE);
  CloseHandle(in);
  CreatePipe(&in, &out, NULL, 0);
  CloseHandle(in);
  Is("nobody reads", WriteFile(out, "x", 1, &count, NULL), 0);
  Is("no data", GetLastError(), ERROR_NO_DATA);
  CloseHandle(out);
}

// ---- A writer that is faster than its reader ------------------------------------------------------------

enum { kMuch = 100000 };

static DWORD WINAPI WriteMuch(void* argument) {
  (void)argument;
  static char bytes[kMuch];
  DWORD count = 0;
  for (int i = 0; i < kMuch; ++i) bytes[i] = (char)(i * 7);
  WriteFile(out, bytes, kMuch, &count, NULL);
  CloseHandle(out);
  return count;
}

static void Much(void) {
  char bytes[1000];
  DWORD error = 0, code = 0, sum = 0, right = 0;
  CreatePipe(&in, &out, NULL, 512);
  HANDLE thread = CreateThread(NULL, 0, WriteMuch, NULL, 0, NULL);
  Is("the writer waits", WaitForSingleObject(thread, 50), WAIT_TIMEOUT);
  for (DWORD count; (count = ReadSome(in, bytes, sizeof(bytes), &error)) != 0; sum += count) {
    for (DWORD i = 0; i < count; ++i) right += bytes[i] == (char)((sum + i) * 7);
  }
  Is("all of it", sum, kMuch);
  Is("in order", right, kMuch);
  Is("to the end", error, ERROR_BROKEN_PIPE);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("written", code, kMuch);
  CloseHandle(thread);
  CloseHandle(in);
}

static DWORD WINAPI CloseLater(void* argument) {
  Sleep(50);
  CloseHandle(argument);
  return 0;
}

static void Waiting(void) {
  char bytes[8];
  DWORD error = 0, count = 0;
  CreatePipe(&in, &out, NULL, 4);
  HANDLE thread = CreateThread(NULL, 0, CloseLater, out, 0, NULL);
  Is("a reader waits", ReadSome(in, bytes, 8, &error), 0);
  Is("until it breaks", error, ERROR_BROKEN_PIPE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(in);
  CreatePipe(&in, &out, NULL, 4);
  thread = CreateThread(NULL, 0, CloseLater, in, 0, NULL);
  Is("a writer waits", WriteFile(out, "too much for it", 15, &count, NULL), 0);
  Is("until it breaks", GetLastError(), ERROR_BROKEN_PIPE);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  CloseHandle(out);
}

// ---- Named pipes ----------------------------------------------------------------------------------------

#define NAME "\\\\.\\pipe\\faultline test"

static HANDLE Server(DWORD open, DWORD mode, DWORD instances) {
  return CreateNamedPipeA(NAME, open, mode, instances, 256, 256, 100, NULL);
}
static HANDLE Client(DWORD access) {
  return CreateFileA(NAME, access, 0, NULL, OPEN_EXISTING, 0, NULL);
}

static void Messages(void) {
  char bytes[16] = "";
  DWORD count = 0, error = 0, mode = 0, left = 0;
  True("no such pipe", Client(GENERIC_READ) == INVALID_HANDLE_VALUE);
  Is("not found", GetLastError(), ERROR_FILE_NOT_FOUND);
  HANDLE server = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 2);
  True("a server", server != INVALID_HANDLE_VALUE);
  Is("nobody there", WriteFile(server, "x", 1, &count, NULL), 0);
  Is("listening", GetLastError(), ERROR_PIPE_LISTENING);
  HANDLE client = Client(GENERIC_READ | GENERIC_WRITE);
  True("a client", client != INVALID_HANDLE_VALUE);
  Is("connect", ConnectNamedPipe(server, NULL), 0);
  Is("connected already", GetLastError(), ERROR_PIPE_CONNECTED);
  True("another client", Client(GENERIC_READ) == INVALID_HANDLE_VALUE);
  Is("busy", GetLastError(), ERROR_PIPE_BUSY);
  Is("waits in vain", WaitNamedPipeA(NAME, 20), 0);
  Is("time-out", GetLastError(), ERROR_SEM_TIMEOUT);

  WriteFile(client, "first message", 13, &count, NULL);
  WriteFile(client, "", 0, &count, NULL);
  WriteFile(client, "second", 6, &count, NULL);
  Is("peeked", PeekNamedPipe(server, NULL, 0, NULL, &count, &left), 1);
  True("nineteen, thirteen first", count == 19 && left == 13);
  Is("a part", ReadSome(server, bytes, 5, &error), 5);
  Is("more data", error, ERROR_MORE_DATA);
  Is("the rest", ReadSome(server, bytes, 16, &error), 8);
  True("of the first", error == 0 && !memcmp(bytes, " message", 8));
  Is("an empty one", ReadSome(server, bytes, 16, &error), 0);
  Is("is a message", error, 0);
  Is("the second", ReadSome(server, bytes, 16, &error), 6);

  WriteFile(server, "one", 3, &count, NULL);
  WriteFile(server, "two", 3, &count, NULL);
  Is("by bytes", ReadSome(client, bytes, 16, &error), 6);
  mode = PIPE_READMODE_MESSAGE;
  Is("by messages", SetNamedPipeHandleState(client, &mode, NULL, NULL), 1);
  WriteFile(server, "one", 3, &count, NULL);
  WriteFile(server, "two", 3, &count, NULL);
  Is("one", ReadSome(client, bytes, 16, &error), 3);
  Is("two", ReadSome(client, bytes, 16, &error), 3);
  mode = PIPE_READMODE_MESSAGE | PIPE_NOWAIT;
  Is("without waiting", SetNamedPipeHandleState(client, &mode, NULL, NULL), 1);
  Is("nothing", ReadSome(client, bytes, 16, &error), 0);
  Is("no data", error, ERROR_NO_DATA);
  mode = 0;
  Is("state", GetNamedPipeHandleStateA(client, &mode, &count, NULL, NULL, NULL, 0), 1);
  True("as it was set", mode == (PIPE_READMODE_MESSAGE | PIPE_NOWAIT) && count == 1);
  DWORD type = 0, most = 0, sent = 0, got = 0;
  Is("information", GetNamedPipeInfo(server, &type, &sent, &got, &most), 1);
  True("as it was made",
       type == (PIPE_SERVER_END | PIPE_TYPE_MESSAGE) && sent == 256 && got == 256 && most == 2);
  ULONG id = 0;
  Is("whose client", GetNamedPipeClientProcessId(server, &id), 1);
  True("ours", id == GetCurrentProcessId());

  Is("disconnected", DisconnectNamedPipe(server), 1);
  Is("the client", WriteFile(client, "x", 1, &count, NULL), 0);
  Is("is not connected", GetLastError(), ERROR_PIPE_NOT_CONNECTED);
  CloseHandle(client);
  Is("the server", ReadSome(server, bytes, 1, &error), 0);
  Is("is not, either", error, ERROR_PIPE_NOT_CONNECTED);
  CloseHandle(server);
}

static DWORD WINAPI Echo(void* argument) {
  char bytes[64];
  DWORD count = 0, error = 0, served = 0;
  HANDLE server = argument;
  for (int i = 0; i < 3; ++i) {
    if (!ConnectNamedPipe(server, NULL) && GetLastError() != ERROR_PIPE_CONNECTED) return 99;
    while ((count = ReadSome(server, bytes, sizeof(bytes), &error)) != 0) {
      for (DWORD k = 0; k < count; ++k) bytes[k] ^= 0x20;
      WriteFile(server, bytes, count, &count, NULL);
      ++served;
    }
    DisconnectNamedPipe(server);
  }
  return served;
}

static void Served(void) {
  char bytes[16] = "";
  DWORD count = 0, code = 0;
  HANDLE server = Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, 1);
  HANDLE thread = CreateThread(NULL, 0, Echo, server, 0, NULL);
  for (int i = 0; i < 3; ++i) {
    Is("waits for a server", WaitNamedPipeA(NAME, 10000), 1);
    Is("asks", CallNamedPipeA(NAME, "QuEsTiOn", 8, bytes, sizeof(bytes), &count, 10000), 1);
    True("is answered", count == 8 && !memcmp(bytes, "qUeStIoN", 8));
  }
  Is("the server ends", WaitForSingleObject(thread, 20000), 0);
  GetExitCodeThread(thread, &code);
  Is("served", code, 3);
  CloseHandle(thread);
  CloseHandle(server);
}

static void Directions(void) {
  DWORD count = 0;
  HANDLE server = Server(PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 1);
  True("an inbound pipe", server != INVALID_HANDLE_VALUE);
  True("is not read by clients", Client(GENERIC_READ) == INVALID_HANDLE_VALUE);
  Is("denied", GetLastError(), ERROR_ACCESS_DENIED);
  True("a second instance", Server(PIPE_ACCESS_INBOUND, PIPE_TYPE_BYTE, 1) == INVALID_HANDLE_VALUE);
  Is("is one too many", GetLastError(), ERROR_PIPE_BUSY);
  True("another kind", Server(PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1) == INVALID_HANDLE_VALUE);
  Is("is refused", GetLastError(), ERROR_ACCESS_DENIED);
  HANDLE client = Client(GENERIC_WRITE);
  True("is written by them", client != INVALID_HANDLE_VALUE);
  Is("written", WriteFile(client, "data", 4, &count, NULL), 1);
  CloseHandle(server);
  Is("nobody reads", WriteFile(client, "data", 4, &count, NULL), 0);
  Is("no data", GetLastError(), ERROR_NO_DATA);
  CloseHandle(client);
}

static void Null(void) {
  char bytes[4];
  DWORD count = 9;
  HANDLE null = CreateFileA("NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
  True("the null device", null != INVALID_HANDLE_VALUE);
  Is("its type", GetFileType(null), FILE_TYPE_CHAR);
  Is("takes all", WriteFile(null, "data", 4, &count, NULL), 1);
  Is("four bytes", count, 4);
  Is("has nothing", ReadFile(null, bytes, 4, &count, NULL), 1);
  Is("no bytes", count, 0);
  CloseHandle(null);
}

int main(void) {
  Anonymous();
  Much();
  Waiting();
  Messages();
  Served();
  Directions();
  Null();
  return Finish();
}
