// starts FILE...: tries to start each, and says what came of it.
#include "check.h"

int main(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION child;
    DWORD code = 0;
    if (!CreateProcessA(arguments[i], NULL, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &child)) {
      printf("%s: error %lu\n", arguments[i], GetLastError());
      continue;
    }
    WaitForSingleObject(child.hProcess, INFINITE);
    GetExitCodeProcess(child.hProcess, &code);
    printf("%s: ended with 0x%lx\n", arguments[i], code);
    CloseHandle(child.hThread);
    CloseHandle(child.hProcess);
  }
  return 0;
}
