// exitcode STATUS [HOW]: ends with that status, by returning from main, or by exit, _exit, ExitProcess
// or TerminateProcess. What is in stdout's buffer comes out where the C library ends the program.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static void AtExit(void) { printf("the C library ends it\n"); }

int main(int argc, char** argv) {
  if (argc < 2) return fprintf(stderr, "usage: exitcode STATUS [HOW]\n"), 2;
  const unsigned status = strtoul(argv[1], NULL, 0);
  const char* how = argc > 2 ? argv[2] : "return";
  atexit(AtExit);
  if (strcmp(how, "exit") == 0) exit((int)status);
  if (strcmp(how, "_exit") == 0) _exit((int)status);
  if (strcmp(how, "ExitProcess") == 0) ExitProcess(status);
  if (strcmp(how, "TerminateProcess") == 0) TerminateProcess(GetCurrentProcess(), status);
  return (int)status;
}
