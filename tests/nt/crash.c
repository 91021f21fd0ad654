// crash [filtered] HOW: ends by an exception that nobody handles, or that a filter of last resort does.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static LONG WINAPI Filter(EXCEPTION_POINTERS* pointers) {
  printf("the filter sees 0x%lx\n", pointers->ExceptionRecord->ExceptionCode);
  fflush(stdout);
  return EXCEPTION_EXECUTE_HANDLER;
}

static int Deep(volatile char* p);
static int (*volatile deeper)(volatile char*) = Deep;
static int Deep(volatile char* p) {
  volatile char here[1000];
  here[0] = p[0];
  return deeper(here) + here[0];
}

int main(int argc, char** argv) {
  const int filtered = argc > 2 && strcmp(argv[1], "filtered") == 0;
  const char* how = argc > 1 ? argv[1 + filtered] : "";
  char c = 1;
  printf("about to end by: %s\n", how);
  fflush(stdout);
  if (filtered) SetUnhandledExceptionFilter(Filter);
  volatile int* volatile nothing = NULL;
  if (strcmp(how, "null") == 0) *nothing = 1;
  if (strcmp(how, "divide") == 0) asm volatile("divl %%ecx" : : "a"(1), "d"(0), "c"(0));
  if (strcmp(how, "undefined") == 0) asm volatile("ud2");
  if (strcmp(how, "breakpoint") == 0) asm volatile("int3");
  if (strcmp(how, "raise") == 0) RaiseException(0xE0FFEE01, 0, 0, NULL);
  if (strcmp(how, "abort") == 0) abort();
  if (strcmp(how, "stack") == 0) return Deep(&c);
  if (strcmp(how, "call") == 0) ((void (*)(void))0x123450)();
  printf("still here\n");
  return 0;
}
