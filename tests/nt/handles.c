// Handles: duplicates, rights, inheritance and protection; the objects that a handle may wait for; keyed events;
// what is known of threads.
#include "check.h"

NTSTATUS NTAPI NtDuplicateObject(HANDLE, HANDLE, HANDLE, HANDLE*, ACCESS_MASK, ULONG, ULONG);
NTSTATUS NTAPI NtCreateKeyedEvent(HANDLE*, ACCESS_MASK, OBJECT_ATTRIBUTES*, ULONG);
NTSTATUS NTAPI NtWaitForKeyedEvent(HANDLE, const void*, BOOLEAN, const LARGE_INTEGER*);
NTSTATUS NTAPI NtReleaseKeyedEvent(HANDLE, const void*, BOOLEAN, const LARGE_INTEGER*);
NTSTATUS NTAPI NtGetNextThread(HANDLE, HANDLE, ACCESS_MASK, ULONG, ULONG, HANDLE*);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG, const HANDLE*, ULONG, BOOLEAN, const LARGE_INTEGER*);

static const HANDLE kSelf = (HANDLE)(LONG_PTR)-1;

static void Duplicates(void) {
  HANDLE copy = NULL, event = CreateEventW(NULL, TRUE, FALSE, NULL);
  Is("same access", DuplicateHandle(kSelf, event, kSelf, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS),
     1);
  SetEvent(copy);
  Is("is the same event", WaitForSingleObject(event, 0), WAIT_OBJECT_0);
  Is("closing the copy", CloseHandle(copy), 1);
  Is("leaves the event", WaitForSingleObject(event, 0), WAIT_OBJECT_0);
  Is("less access", DuplicateHandle(kSelf, event, kSelf, &copy, SYNCHRONIZE, FALSE, 0), 1);
  Is("waits", WaitForSingleObject(copy, 0), WAIT_OBJECT_0);
  Is("but sets not", SetEvent(copy), 0);
  Is("access denied", GetLastError(), ERROR_ACCESS_DENIED);
  CloseHandle(copy);
  Is("moved",
     DuplicateHandle(kSelf, event, kSelf, &copy, 0, FALSE,
                     DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
     1);
  Is("is the same", WaitForSingleObject(copy, 0), WAIT_OBJECT_0);
  NtDuplicateObject(kSelf, copy, NULL, NULL, 0, 0, DUPLICATE_CLOSE_SOURCE);
  Is("is closed", NtClose(copy), STATUS_INVALID_HANDLE_);
  Is("of nothing", NtDuplicateObject(kSelf, (HANDLE)0x7FF0, kSelf, &copy, 0, 0, 2),
     STATUS_INVALID_HANDLE_);

  HANDLE thread = NULL, process = NULL;
  Is("my thread",
     DuplicateHandle(kSelf, GetCurrentThread(), kSelf, &thread, 0, FALSE, DUPLICATE_SAME_ACCESS),
     1);
  Is("its id", GetThreadId(thread) == GetCurrentThreadId(), 1);
  Is("my process", DuplicateHandle(kSelf, kSelf, kSelf, &process, 0, FALSE, DUPLICATE_SAME_ACCESS),
     1);
  Is("its id", GetProcessId(process) == GetCurrentProcessId(), 1);
  Is("does not end", WaitForSingleObject(process, 0), WAIT_TIMEOUT);
  CloseHandle(thread);
  CloseHandle(process);
  Is("pseudo handles close", NtClose(kSelf), 0);
}

static void KeyedEvents(void) {
  const LARGE_INTEGER none = {0}, soon = Milliseconds(10);
  HANDLE keyed = NULL;
  Is("create", NtCreateKeyedEvent(&keyed, 0xF0003, NULL, 0), 0);
  Is("nobody releases", NtWaitForKeyedEvent(keyed, (void*)8, FALSE, &none), STATUS_TIMEOUT_);
  Is("nobody waits", NtReleaseKeyedEvent(keyed, (void*)8, FALSE, &soon), STATUS_TIMEOUT_);
  Is("odd key", NtWaitForKeyedEvent(keyed, (void*)9, FALSE, &none), STATUS_INVALID_PARAMETER_1_);
  Is("the system's", NtReleaseKeyedEvent(NULL, (void*)8, FALSE, &none), STATUS_TIMEOUT_);
  NtClose(keyed);
}

static HANDLE meeting;

static DWORD WINAPI WaitTwice(void* argument) {
  const NTSTATUS first = NtWaitForKeyedEvent(meeting, (char*)argument + 2, FALSE, NULL);
  const NTSTATUS second = NtWaitForKeyedEvent(meeting, argument, FALSE, NULL);
  return first == 0 && second == 0 ? 42 : 0;
}

static void Meetings(void) {
  const LARGE_INTEGER soon = Milliseconds(10);
  DWORD code = 0;
  NtCreateKeyedEvent(&meeting, 0xF0003, NULL, 0);
  HANDLE thread = CreateThread(NULL, 0, WaitTwice, (void*)0x1000, 0, NULL);
  Is("not under this key yet", NtReleaseKeyedEvent(meeting, (void*)0x1000, FALSE, &soon),
     STATUS_TIMEOUT_);
  Is("first key", NtReleaseKeyedEvent(meeting, (void*)0x1002, FALSE, NULL), 0);
  Is("second key", NtReleaseKeyedEvent(meeting, (void*)0x1000, FALSE, NULL), 0);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("both met", code, 42);
  CloseHandle(thread);
  NtClose(meeting);
}

static void Waits(void) {
  const LARGE_INTEGER none = {0};
  HANDLE many[64];
  for (int i = 0; i < 64; ++i) many[i] = CreateEventW(NULL, FALSE, i >= 40, NULL);
  Is("the lowest of 64", NtWaitForMultipleObjects(64, many, 1, FALSE, &none), 40);
  Is("not all of 64", NtWaitForMultipleObjects(64, many, 0, FALSE, &none), STATUS_TIMEOUT_);
  for (int i = 0; i < 64; ++i) SetEvent(many[i]);
  Is("all of 64", NtWaitForMultipleObjects(64, many, 0, FALSE, &none), 0);
  Is("none of 64", NtWaitForMultipleObjects(64, many, 1, FALSE, &none), STATUS_TIMEOUT_);
  Is("65 are too many", NtWaitForMultipleObjects(65, many, 1, FALSE, &none),
     STATUS_INVALID_PARAMETER_1_);
  for (int i = 1; i < 64; ++i) CloseHandle(many[i]);
  Is("one is gone", NtWaitForMultipleObjects(2, many, 1, FALSE, &none), STATUS_INVALID_HANDLE_);
  CloseHandle(many[0]);
}

/// What import libraries do not know yet.
static void* Find(const char* function) {
  return (void*)GetProcAddress(GetModuleHandleW(L"kernel32"), function);
}

static DWORD WINAPI Nap(void* argument) { return WaitForSingleObject(argument, INFINITE); }

static void Threads(void) {
  DWORD id = 0;
  HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
  HANDLE thread = CreateThread(NULL, 0, Nap, event, CREATE_SUSPENDED, &id);
  HANDLE opened = OpenThread(THREAD_QUERY_INFORMATION | SYNCHRONIZE, FALSE, id);
  True("opened by its id", opened != NULL && GetThreadId(opened) == id);
  Is("nobody has this id", OpenThread(SYNCHRONIZE, FALSE, 0x7FFFFF0) == NULL, 1);
  Is("priority", GetThreadPriority(thread), THREAD_PRIORITY_NORMAL);
  Is("set", SetThreadPriority(thread, THREAD_PRIORITY_ABOVE_NORMAL), 1);
  Is("priority", GetThreadPriority(thread), THREAD_PRIORITY_ABOVE_NORMAL);
  Is("set", SetThreadPriority(thread, THREAD_PRIORITY_IDLE), 1);
  Is("priority", GetThreadPriority(thread), (uint32_t)THREAD_PRIORITY_IDLE);
  HRESULT(WINAPI * SetThreadDescription)(HANDLE, PCWSTR) = Find("SetThreadDescription");
  HRESULT(WINAPI * GetThreadDescription)(HANDLE, PWSTR*) = Find("GetThreadDescription");
  PWSTR name = NULL;
  True("name", SUCCEEDED(SetThreadDescription(thread, L"sleeper")));
  True("its name", SUCCEEDED(GetThreadDescription(thread, &name)));
  True("the same", name && lstrcmpW(name, L"sleeper") == 0);
  LocalFree(name);
  Is("suspended", SuspendThread(thread), 1);
  Is("resumed", ResumeThread(thread), 2);
  Is("resumed", ResumeThread(thread), 1);
  FILETIME create, exit, kernel, user;
  SetEvent(event);
  WaitForSingleObject(thread, INFINITE);
  Is("times", GetThreadTimes(thread, &create, &exit, &kernel, &user), 1);
  True("it ended after it began", CompareFileTime(&create, &exit) <= 0);

  int found = 0;
  HANDLE at = NULL, next = NULL;
  while (NtGetNextThread(kSelf, at, THREAD_QUERY_LIMITED_INFORMATION, 0, 0, &next) == 0) {
    if (at) NtClose(at);
    at = next;
    found += GetThreadId(at) == GetCurrentThreadId();
  }
  if (at) NtClose(at);
  Is("found among the threads", found, 1);
  CloseHandle(opened);
  CloseHandle(thread);
  CloseHandle(event);
}

int main(void) {
  Duplicates();
  KeyedEvents();
  Meetings();
  Waits();
  Threads();
  return Finish();
}
