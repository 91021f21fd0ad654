// Checks of the programs that run under NT's user mode, here or on another system that has it. A check prints its
// name and what it saw, so that the outputs of two systems can be compared; what differs from what the check
// expects is marked and counted, and main returns the count.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <windows.h>
#include <winternl.h>

static int failures;

static inline void Is(const char* name, uint32_t seen, uint32_t expected) {
  if (seen == expected) {
    printf("%s: 0x%lx\n", name, (unsigned long)seen);
  } else {
    ++failures;
    printf("%s: 0x%lx, EXPECTED 0x%lx\n", name, (unsigned long)seen, (unsigned long)expected);
  }
}

static inline void True(const char* name, int condition) {
  if (!condition) ++failures;
  printf("%s: %s\n", name, condition ? "yes" : "NO");
}

static inline int Finish(void) {
  printf("%d failed\n", failures);
  return failures != 0;
}

/// A relative time-out.
static inline LARGE_INTEGER Milliseconds(int64_t count) {
  LARGE_INTEGER time;
  time.QuadPart = -count * 10000;
  return time;
}

#define STATUS_USER_APC_ 0xC0
#define STATUS_ALERTED_ 0x101
#define STATUS_TIMEOUT_ 0x102
#define STATUS_ABANDONED_ 0x80
#define STATUS_INVALID_HANDLE_ 0xC0000008
#define STATUS_INVALID_CID_ 0xC000000B
#define STATUS_INVALID_PARAMETER_ 0xC000000D
#define STATUS_ACCESS_DENIED_ 0xC0000022
#define STATUS_BUFFER_TOO_SMALL_ 0xC0000023
#define STATUS_OBJECT_TYPE_MISMATCH_ 0xC0000024
#define STATUS_INFO_LENGTH_MISMATCH_ 0xC0000004
#define STATUS_NAME_COLLISION_ 0xC0000035
#define STATUS_MUTANT_NOT_OWNED_ 0xC0000046
#define STATUS_INVALID_PARAMETER_1_ 0xC00000EF
#define STATUS_HANDLE_NOT_CLOSABLE_ 0xC0000235
