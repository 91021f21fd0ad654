// guest: the little that the test programs share. No global data: a program that has not begun its
// test has written to none of its own pages (page_dump.c needs that).
#pragma once

#include "nt.h"

#define NORETURN __attribute__((noreturn))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_SIZE 4096

void* memcpy(void* to, const void* from, unsigned int size);
void* memset(void* to, int value, unsigned int size);
int memcmp(const void* a, const void* b, unsigned int size);
unsigned int strlen(const char* text);
int StringsEqual(const char* a, const char* b);

/// What the program gives: the program ends with this.
int GuestMain(void);
/// The DLLs hear of it.
NORETURN void Exit(ULONG status);
/// Nobody hears of it: something failed that ought not to, or nothing more shall be said.
NORETURN void Abort(ULONG status);

HANDLE StandardInput(void);
HANDLE StandardOutput(void);
HANDLE StandardError(void);
void WriteAll(HANDLE file, const void* bytes, ULONG size);
void Print(const char* text);
void PrintTo(HANDLE file, const char* text);
void PrintHex(ULONG value);  ///< 0x and eight digits.
void PrintNumber(ULONG value);
void PrintLine(const char* text, ULONG value);  ///< "text 0x00000000\n"

/// The command line split as MSVCRT does it, in memory of the caller's (its stack). What does not
/// fit ends the program.
typedef struct {
  int count;
  char* item[128];
  char text[8192];
} Arguments;
void GetArguments(Arguments* arguments);
/// Decimal, or hexadecimal after 0x; ends the program if it is neither.
ULONG ParseNumber(const char* text);

/// Checks: a failed one prints a line; the program's result is the number of failures.
typedef struct {
  ULONG checks, failures;
} Tally;
void Check(Tally* tally, int holds, const char* what, int line);
void CheckStatus(Tally* tally, NTSTATUS status, ULONG expected, const char* what, int line);
int Report(const Tally* tally);
#define CHECK(condition) Check(tally, !!(condition), #condition, __LINE__)
#define CHECK_STATUS(call, expected) CheckStatus(tally, (call), (expected), #call, __LINE__)

/// UTF-8 text as a UNICODE_STRING in the caller's memory.
typedef struct {
  UNICODE_STRING string;
  WCHAR text[512];
} WideText;
UNICODE_STRING* Widen(WideText* wide, const char* text);
void InitAttributes(OBJECT_ATTRIBUTES* attributes, UNICODE_STRING* name);
/// `path` as Windows writes it, "C:\\file.txt".
NTSTATUS OpenForReading(HANDLE* file, const char* path);

/// Starts `path` with `command_line`, which shares our standard handles.
NTSTATUS StartProcess(HANDLE* process, const char* path, const char* command_line);
/// The same; its first thread waits to be resumed.
NTSTATUS StartSuspended(HANDLE* process, HANDLE* thread, const char* path,
                        const char* command_line);
/// Waits for it, closes the handle, returns its exit status.
ULONG WaitForExit(HANDLE process);
void Sleep(ULONG milliseconds);
/// By name or path, from the usual places.
NTSTATUS LoadDll(void** module, const char* name);
NTSTATUS FindDll(void** module, const char* name);
NTSTATUS FindSymbol(void** address, void* module, const char* name);
/// Starts this program once more with `arguments`.
NTSTATUS StartSelf(HANDLE* process, const char* arguments);

/// A thread of this process that calls start(argument) and ends with what that returns.
typedef ULONG(NTAPI* ThreadStart)(void* argument);
NTSTATUS StartThread(HANDLE* thread, ThreadStart start, void* argument);
/// Waits for it, closes the handle, returns its exit status.
ULONG JoinThread(HANDLE thread);

/// Writes a record for each present page of each image to standard output; see page_dump.c.
typedef enum { kWholePages, kHashes } DumpForm;
NORETURN void DumpPages(DumpForm form);
