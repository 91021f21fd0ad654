// Children and their standard streams: pipes between parent and child, and from one child to another.
#include "check.h"

static char child_path[MAX_PATH];

static BOOL Start(const char* words, HANDLE in, HANDLE out, DWORD flags,
                  PROCESS_INFORMATION* child) {
  STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
  char line[512];
  snprintf(line, sizeof(line), "\"%s\" %s", child_path, words);
  startup.hStdInput = in;
  startup.hStdOutput = startup.hStdError = out;
  return CreateProcessA(NULL, line, NULL, NULL, TRUE, flags, NULL, NULL, &startup, child);
}

static DWORD Finished(PROCESS_INFORMATION* child) {
  DWORD code = 0xDEAD;
  WaitForSingleObject(child->hProcess, 60000);
  GetExitCodeProcess(child->hProcess, &code);
  CloseHandle(child->hThread);
  CloseHandle(child->hProcess);
  return code;
}

/// A pipe of which the child gets one end: 0 to read, 1 to write.
static void PipeFor(int child_end, HANDLE ends[2]) {
  SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
  CreatePipe(&ends[0], &ends[1], &inheritable, 0);
  SetHandleInformation(ends[!child_end], HANDLE_FLAG_INHERIT, 0);
}

static DWORD ReadAll(HANDLE from, char* to, DWORD room) {
  DWORD count = 0, sum = 0;
  while (sum < room - 1 && ReadFile(from, to + sum, room - 1 - sum, &count, NULL)) sum += count;
  to[sum] = 0;
  return GetLastError();
}

static void Output(DWORD flags) {
  HANDLE ends[2];
  char text[1024];
  PROCESS_INFORMATION child;
  PipeFor(1, ends);
  Is("started", Start("tell me", NULL, ends[1], flags, &child), 1);
  CloseHandle(ends[1]);
  Is("to its end", ReadAll(ends[0], text, sizeof(text)), ERROR_BROKEN_PIPE);
  True("its words", strstr(text, "argument 2: <me>") != NULL);
  Is("its end", Finished(&child), 0);
  CloseHandle(ends[0]);
}

static void Both(void) {
  HANDLE to[2], from[2];
  char text[256];
  DWORD count = 0;
  PROCESS_INFORMATION child;
  PipeFor(0, to);
  PipeFor(1, from);
  Is("started", Start("copy", to[0], from[1], 0, &child), 1);
  CloseHandle(to[0]);
  CloseHandle(from[1]);
  WriteFile(to[1], "question", 8, &count, NULL);
  Is("an answer", ReadFile(from[0], text, sizeof(text), &count, NULL), 1);
  True("to that", count == 8 && !memcmp(text, "QUESTION", 8));
  CloseHandle(to[1]);
  Is("to its end", ReadAll(from[0], text, sizeof(text)), ERROR_BROKEN_PIPE);
  Is("its end", Finished(&child), 0);
  CloseHandle(from[0]);
}

/// child tell | child copy | us
static void Chain(void) {
  HANDLE between[2], last[2];
  SECURITY_ATTRIBUTES inheritable = {sizeof(inheritable), NULL, TRUE};
  char text[1024];
  PROCESS_INFORMATION first, second;
  CreatePipe(&between[0], &between[1], &inheritable, 0);
  PipeFor(1, last);
  SetHandleInformation(between[0], HANDLE_FLAG_INHERIT, 0);
  Is("the first", Start("tell all", NULL, between[1], 0, &first), 1);
  CloseHandle(between[1]);
  SetHandleInformation(between[0], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  Is("the second", Start("copy", between[0], last[1], 0, &second), 1);
  CloseHandle(between[0]);
  CloseHandle(last[1]);
  ReadAll(last[0], text, sizeof(text));
  True("went through both", strstr(text, "ARGUMENT 2: <ALL>") != NULL);
  Is("its end", Finished(&first), 0);
  Is("its end", Finished(&second), 0);
  CloseHandle(last[0]);
}

/// A handle that is no standard one, by its number.
static void ByNumber(void) {
  HANDLE ends[2];
  char text[64], words[64];
  PROCESS_INFORMATION child;
  PipeFor(1, ends);
  snprintf(words, sizeof(words), "write 0x%lx", (unsigned long)(ULONG_PTR)ends[1]);
  Is("started", Start(words, NULL, NULL, 0, &child), 1);
  CloseHandle(ends[1]);
  ReadAll(ends[0], text, sizeof(text));
  True("through", !strcmp(text, "through"));
  Is("its end", Finished(&child), 7);
  CloseHandle(ends[0]);
}

/// One that is killed with its pipe open.
static void Killed(void) {
  HANDLE ends[2];
  char text[64];
  DWORD count = 0;
  PROCESS_INFORMATION child;
  PipeFor(1, ends);
  Start("wait", NULL, ends[1], 0, &child);
  CloseHandle(ends[1]);
  TerminateProcess(child.hProcess, 3);
  Is("nothing to read", ReadFile(ends[0], text, sizeof(text), &count, NULL), 0);
  Is("broken", GetLastError(), ERROR_BROKEN_PIPE);
  Is("its end", Finished(&child), 3);
  CloseHandle(ends[0]);
}

/// One that sleeps in a read of its standard input.
static void KilledReader(void) {
  HANDLE ends[2];
  PROCESS_INFORMATION child;
  PipeFor(0, ends);
  Start("copy", ends[0], NULL, 0, &child);
  CloseHandle(ends[0]);
  Is("it waits", WaitForSingleObject(child.hProcess, 200), WAIT_TIMEOUT);
  TerminateProcess(child.hProcess, 4);
  Is("its end", Finished(&child), 4);
  CloseHandle(ends[1]);
}

int main(void) {
  GetModuleFileNameA(NULL, child_path, sizeof(child_path));
  strcpy(strrchr(child_path, '\\') + 1, "child.exe");
  Output(0);
  Output(CREATE_NO_WINDOW);
  Output(DETACHED_PROCESS);
  Both();
  Chain();
  ByNumber();
  Killed();
  KilledReader();
  return Finish();
}
