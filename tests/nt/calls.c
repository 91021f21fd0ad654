// System calls that programs seldom make by way of kernel32: objects by name and what they say of themselves,
// registers of threads, exceptions raised by ntdll, keys in less common ways.
#include "native.h"

typedef struct {
  LONG type, state;
} EventInformation;
typedef struct {
  LONG count;
  BOOLEAN owned, abandoned;
} MutantInformation;
typedef struct {
  ULONG count, maximum;
} SemaphoreInformation;

NTSTATUS NTAPI NtCreateEvent(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG, BOOLEAN);
NTSTATUS NTAPI NtClearEvent(HANDLE);
NTSTATUS NTAPI NtPulseEvent(HANDLE, LONG*);
NTSTATUS NTAPI NtSetEvent(HANDLE, LONG*);
NTSTATUS NTAPI NtQueryEvent(HANDLE, ULONG, void*, ULONG, ULONG*);
NTSTATUS NTAPI NtOpenEvent(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtCreateMutant(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, BOOLEAN);
NTSTATUS NTAPI NtOpenMutant(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtQueryMutant(HANDLE, ULONG, void*, ULONG, ULONG*);
NTSTATUS NTAPI NtReleaseMutant(HANDLE, LONG*);
NTSTATUS NTAPI NtCreateSemaphore(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, LONG, LONG);
NTSTATUS NTAPI NtOpenSemaphore(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtQuerySemaphore(HANDLE, ULONG, void*, ULONG, ULONG*);
NTSTATUS NTAPI NtReleaseSemaphore(HANDLE, LONG, ULONG*);
NTSTATUS NTAPI NtCreateTimer(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtOpenTimer(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtCreateIoCompletion(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtOpenIoCompletion(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtCreateKeyedEvent(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtOpenKeyedEvent(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtCreateSection(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, LARGE_INTEGER*, ULONG,
                               ULONG, HANDLE);
NTSTATUS NTAPI NtOpenSection(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*);
NTSTATUS NTAPI NtWaitForSingleObject(HANDLE, BOOLEAN, LARGE_INTEGER*);
NTSTATUS NTAPI NtQueryTimerResolution(ULONG*, ULONG*, ULONG*);
ULONG NTAPI NtGetCurrentProcessorNumber(void);
NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE, ACCESS_MASK, ULONG, HANDLE*);
NTSTATUS NTAPI NtOpenThreadTokenEx(HANDLE, ACCESS_MASK, BOOLEAN, ULONG, HANDLE*);
NTSTATUS NTAPI NtRaiseException(EXCEPTION_RECORD*, CONTEXT*, BOOLEAN);
NTSTATUS NTAPI NtMakeTemporaryObject(HANDLE);

#define LONG_NAME L"\\BaseNamedObjects\\faultline_calls_"

/// An object is made with a name, opened by it, and is the same; then the name goes with the last handle.
static void Same(const char* what, HANDLE made, NTSTATUS opened, HANDLE* second) {
  printf("%s:\n", what);
  True("  made", made != NULL);
  Is("  opened by its name", (uint32_t)opened, 0);
  if (opened == 0) True("  another handle", *second != made);
}

static void Events(void) {
  HANDLE event = NULL, second = NULL;
  EventInformation information;
  LONG before = 9;
  LARGE_INTEGER none = {0};
  NtCreateEvent(&event, EVENT_ALL_ACCESS, Named(NULL, LONG_NAME L"e", 0), 0, FALSE);
  Same("event", event, NtOpenEvent(&second, EVENT_ALL_ACCESS, Named(NULL, LONG_NAME L"e", 0)),
       &second);
  Is("set", (uint32_t)NtSetEvent(event, &before), 0);
  Is("  was", (uint32_t)before, 0);
  Is("query", (uint32_t)NtQueryEvent(second, 0, &information, sizeof(information), NULL), 0);
  Is("  type", (uint32_t)information.type, 0);
  Is("  state", (uint32_t)information.state, 1);
  Is("query, no room", (uint32_t)NtQueryEvent(second, 0, &information, 4, NULL),
     STATUS_INFO_LENGTH_MISMATCH_);
  Is("query, no such class",
     (uint32_t)NtQueryEvent(second, 1, &information, sizeof(information), NULL), 0xC0000003);
  Is("wait", (uint32_t)NtWaitForSingleObject(second, FALSE, &none), 0);
  Is("clear", (uint32_t)NtClearEvent(second), 0);
  Is("wait in vain", (uint32_t)NtWaitForSingleObject(event, FALSE, &none), STATUS_TIMEOUT_);
  Is("pulse", (uint32_t)NtPulseEvent(event, NULL), 0);
  Is("leaves it clear", (uint32_t)NtWaitForSingleObject(event, FALSE, &none), STATUS_TIMEOUT_);
  NtClose(event);
  NtClose(second);
  Is("gone", (uint32_t)NtOpenEvent(&second, EVENT_ALL_ACCESS, Named(NULL, LONG_NAME L"e", 0)),
     0xC0000034);
}

static void Mutants(void) {
  HANDLE mutant = NULL, second = NULL;
  MutantInformation information;
  NtCreateMutant(&mutant, MUTANT_ALL_ACCESS, Named(NULL, LONG_NAME L"m", 0), TRUE);
  Same("mutant", mutant, NtOpenMutant(&second, MUTANT_ALL_ACCESS, Named(NULL, LONG_NAME L"m", 0)),
       &second);
  LARGE_INTEGER none = {0};
  NtWaitForSingleObject(second, FALSE, &none);
  NtQueryMutant(second, 0, &information, sizeof(information), NULL);
  Is("held twice", (uint32_t)information.count, (uint32_t)-1);
  Is("  by me", information.owned, 1);
  Is("  abandoned", information.abandoned, 0);
  NtReleaseMutant(mutant, NULL);
  NtReleaseMutant(mutant, NULL);
  NtQueryMutant(second, 0, &information, sizeof(information), NULL);
  Is("free", (uint32_t)information.count, 1);
  Is("  by nobody", information.owned, 0);
  NtClose(mutant);
  NtClose(second);
}

static void Semaphores(void) {
  HANDLE semaphore = NULL, second = NULL;
  SemaphoreInformation information;
  ULONG before = 0;
  NtCreateSemaphore(&semaphore, SEMAPHORE_ALL_ACCESS, Named(NULL, LONG_NAME L"s", 0), 2, 5);
  Same("semaphore", semaphore,
       NtOpenSemaphore(&second, SEMAPHORE_ALL_ACCESS, Named(NULL, LONG_NAME L"s", 0)), &second);
  NtReleaseSemaphore(second, 1, &before);
  Is("had", before, 2);
  Is("too many", (uint32_t)NtReleaseSemaphore(second, 9, &before), 0xC0000047);
  NtQuerySemaphore(semaphore, 0, &information, sizeof(information), NULL);
  Is("has", information.count, 3);
  Is("at most", information.maximum, 5);
  NtClose(semaphore);
  NtClose(second);
}

static void Others(void) {
  HANDLE one = NULL, two = NULL;
  LARGE_INTEGER size = {.QuadPart = 4096};
  NtCreateTimer(&one, TIMER_ALL_ACCESS, Named(NULL, LONG_NAME L"t", 0), 0);
  Same("timer", one, NtOpenTimer(&two, TIMER_ALL_ACCESS, Named(NULL, LONG_NAME L"t", 0)), &two);
  NtClose(one), NtClose(two), one = two = NULL;
  NtCreateIoCompletion(&one, 0x1F0003, Named(NULL, LONG_NAME L"p", 0), 0);
  Same("completion port", one, NtOpenIoCompletion(&two, 0x1F0003, Named(NULL, LONG_NAME L"p", 0)),
       &two);
  NtClose(one), NtClose(two), one = two = NULL;
  NtCreateKeyedEvent(&one, 0xF0003, Named(NULL, LONG_NAME L"k", 0), 0);
  Same("keyed event", one, NtOpenKeyedEvent(&two, 0xF0003, Named(NULL, LONG_NAME L"k", 0)), &two);
  NtClose(one), NtClose(two), one = two = NULL;
  NtCreateSection(&one, SECTION_ALL_ACCESS, Named(NULL, LONG_NAME L"x", 0), &size, PAGE_READWRITE,
                  SEC_COMMIT, NULL);
  Same("section", one, NtOpenSection(&two, SECTION_ALL_ACCESS, Named(NULL, LONG_NAME L"x", 0)),
       &two);
  Is("as an event", (uint32_t)NtOpenEvent(&two, EVENT_ALL_ACCESS, Named(NULL, LONG_NAME L"x", 0)),
     STATUS_OBJECT_TYPE_MISMATCH_);
  NtClose(one), one = NULL;
}

static void Small(void) {
  ULONG slowest = 0, fastest = 0, current = 0;
  HANDLE token = NULL;
  Is("resolution", (uint32_t)NtQueryTimerResolution(&slowest, &fastest, &current), 0);
  True("  in order", slowest >= current && current >= fastest && fastest > 0);
  Is("processor", NtGetCurrentProcessorNumber(), 0);
  Is("token", (uint32_t)NtOpenProcessTokenEx(GetCurrentProcess(), TOKEN_QUERY, 0, &token), 0);
  NtClose(token);
  Is("a thread has none of its own",
     (uint32_t)NtOpenThreadTokenEx(GetCurrentThread(), TOKEN_QUERY, TRUE, 0, &token), 0xC000007C);
}

static volatile DWORD stop, turns;
static void GoElsewhere(void) {
  for (stop = 2;;) Sleep(1);
}
static DWORD WINAPI Turn(void* argument) {
  (void)argument;
  while (!stop) ++turns;
  return 5;
}

static void Registers(void) {
  CONTEXT context = {.ContextFlags = CONTEXT_FULL};
  DWORD code = 0;
  HANDLE thread = CreateThread(NULL, 0, Turn, NULL, 0, NULL);
  while (turns < 1000) Sleep(1);
  Is("suspend", SuspendThread(thread), 0);
  const DWORD seen = turns;
  Sleep(20);
  Is("it stands", turns != seen, 0);
  Is("its registers", GetThreadContext(thread, &context), 1);
  const ULONG_PTR turn = (ULONG_PTR)Turn;
  True("  it is in its loop", context.Eip >= turn && context.Eip < turn + 200);
  Is("  its segments", context.SegCs & 3, 3);
  context.Eip = (DWORD)(ULONG_PTR)GoElsewhere;
  context.Esp -= 64;
  Is("set them", SetThreadContext(thread, &context), 1);
  ResumeThread(thread);
  while (stop != 2) Sleep(1);
  True("it went there", 1);
  TerminateThread(thread, 77);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("ended", code, 77);
  CloseHandle(thread);
}

static DWORD raised;
static LONG CALLBACK Handle(EXCEPTION_POINTERS* pointers) {
  raised = pointers->ExceptionRecord->ExceptionCode;
  pointers->ContextRecord->Eax = 99;
  return EXCEPTION_CONTINUE_EXECUTION;
}

/// What is captured, by way of the frame pointer, is this function's return.
static int __attribute__((noinline, optimize("no-omit-frame-pointer"))) Raise(void) {
  EXCEPTION_RECORD record = {.ExceptionCode = 0xC0FFEE};
  CONTEXT context;
  RtlCaptureContext(&context);
  NtRaiseException(&record, &context, TRUE);
  return 1;
}

static void Raising(void) {
  void* handler = AddVectoredExceptionHandler(1, Handle);
  Is("continued by its handler", (uint32_t)Raise(), 99);
  Is("raised by ntdll", raised, 0xC0FFEE);
  RemoveVectoredExceptionHandler(handler);
}

int main(void) {
  Events();
  Mutants();
  Semaphores();
  Others();
  Small();
  Registers();
  Raising();
  return Finish();
}
