// The other side of the tests of processes and pipes: does what its arguments say, and ends with a code that
// tells. `child WORD...`; without a word it says so.
#include <stdlib.h>

#include "check.h"

static int Copy(void) {
  char bytes[1024];
  DWORD count = 0, written = 0;
  HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
  while (ReadFile(in, bytes, sizeof(bytes), &count, NULL) && count != 0) {
    for (DWORD i = 0; i < count; ++i) {
      if (bytes[i] >= 'a' && bytes[i] <= 'z') bytes[i] -= 'a' - 'A';
    }
    if (!WriteFile(out, bytes, count, &written, NULL)) return (int)GetLastError();
  }
  return 0;
}

static int Tell(int count, char** arguments) {
  for (int i = 0; i < count; ++i) printf("argument %d: <%s>\n", i, arguments[i]);
  char text[MAX_PATH];
  GetCurrentDirectoryA(sizeof(text), text);
  printf("directory: %s\n", text);
  const DWORD length = GetEnvironmentVariableA("FROM_PARENT", text, sizeof(text));
  printf("FROM_PARENT: %s\n", length ? text : "(none)");
  STARTUPINFOA startup;
  GetStartupInfoA(&startup);
  printf("title: %s\n", startup.lpTitle ? startup.lpTitle : "(none)");
  printf("show: %u\n", startup.dwFlags & STARTF_USESHOWWINDOW ? startup.wShowWindow : 99);
  return 0;
}

/// Starts one of itself that outlives it, and tells nobody.
static int Leave(const char* self, const char* event) {
  char line[512];
  STARTUPINFOA startup = {.cb = sizeof(startup)};
  PROCESS_INFORMATION child;
  snprintf(line, sizeof(line), "\"%s\" signal %s", self, event);
  if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) return 1;
  return 0;
}

static int Signal(const char* name) {
  Sleep(50);
  HANDLE event = OpenEventA(EVENT_MODIFY_STATE, FALSE, name);
  return event && SetEvent(event) ? 0 : 1;
}

/// A tree: each level starts `width` of the next and adds up their codes.
static int Tree(const char* self, int depth, int width) {
  HANDLE children[8] = {NULL};
  char line[512];
  if (depth == 0) return 1;
  int sum = 1;
  for (int i = 0; i < width; ++i) {
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION child;
    snprintf(line, sizeof(line), "\"%s\" tree %d %d", self, depth - 1, width);
    if (!CreateProcessA(NULL, line, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) return -1;
    CloseHandle(child.hThread);
    children[i] = child.hProcess;
  }
  WaitForMultipleObjects(width, children, TRUE, INFINITE);
  for (int i = 0; i < width; ++i) {
    DWORD code = 0;
    GetExitCodeProcess(children[i], &code);
    sum += (int)code;
    CloseHandle(children[i]);
  }
  return sum;
}

static HANDLE Handle(const char* text) { return (HANDLE)(ULONG_PTR)strtoul(text, NULL, 0); }

int main(int count, char** arguments) {
  const char* self = arguments[0];
  const char* word = count > 1 ? arguments[1] : "";
  const char* more = count > 2 ? arguments[2] : "";
  if (!strcmp(word, "exit")) ExitProcess(strtoul(more, NULL, 0));
  if (!strcmp(word, "crash")) *(volatile int*)(ULONG_PTR)strtoul(more, NULL, 0) = 1;
  if (!strcmp(word, "copy")) return Copy();
  if (!strcmp(word, "tell")) return Tell(count, arguments);
  if (!strcmp(word, "leave")) return Leave(self, more);
  if (!strcmp(word, "signal")) return Signal(more);
  if (!strcmp(word, "tree")) return Tree(self, atoi(more), atoi(arguments[3]));
  if (!strcmp(word, "wait")) Sleep(INFINITE);
  // Is the handle there, and is it an event?
  if (!strcmp(word, "set")) return SetEvent(Handle(more)) ? 0 : (int)GetLastError();
  if (!strcmp(word, "write")) {
    DWORD written = 0;
    return WriteFile(Handle(more), "through", 7, &written, NULL) ? (int)written : -1;
  }
  printf("no such word: %s\n", word);
  return 99;
}
