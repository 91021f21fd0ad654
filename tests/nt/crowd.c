// crowd COUNT PROGRAM: starts the program so many times, all of them before the first may run; then waits for all, and
// says how they ended.
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int argc, char** argv) {
  PROCESS_INFORMATION process[MAXIMUM_WAIT_OBJECTS];
  HANDLE handles[MAXIMUM_WAIT_OBJECTS];
  if (argc < 3) return fprintf(stderr, "usage: crowd COUNT PROGRAM\n"), 2;
  const int count = atoi(argv[1]);
  if (count < 1 || count > MAXIMUM_WAIT_OBJECTS) return 2;
  for (int i = 0; i < count; ++i) {
    STARTUPINFOA start = {.cb = sizeof(start)};
    if (!CreateProcessA(NULL, argv[2], NULL, NULL, TRUE, CREATE_SUSPENDED, NULL, NULL, &start,
                        &process[i])) {
      return fprintf(stderr, "number %d does not start: %lu\n", i, GetLastError()), 1;
    }
    handles[i] = process[i].hProcess;
  }
  for (int i = 0; i < count; ++i) ResumeThread(process[i].hThread);
  WaitForMultipleObjects((DWORD)count, handles, TRUE, INFINITE);
  int good = 0;
  for (int i = 0; i < count; ++i) {
    DWORD code = 1;
    if (GetExitCodeProcess(handles[i], &code) && code == 0) ++good;
  }
  printf("%d of %d ended well\n", good, count);
  return good != count;
}
