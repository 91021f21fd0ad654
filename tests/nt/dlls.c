// DLLs that come and go at run time.
#include "check.h"

static DWORD WINAPI Nothing(void* argument) { return (DWORD)(ULONG_PTR)argument; }
static void RunThread(void) {
  HANDLE thread = CreateThread(NULL, 0, Nothing, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

static void Loading(void) {
  Is("not there yet", GetModuleHandleW(L"outer.dll") != NULL, 0);
  Is("  error", GetLastError(), ERROR_MOD_NOT_FOUND);
  HMODULE outer = LoadLibraryW(L"outer.dll");
  True("loaded", outer != NULL);
  True("by another name", LoadLibraryW(L"OUTER") == outer);
  True("is there", GetModuleHandleA("outer") == outer && GetModuleHandleA("inner.dll") != NULL);
  const char* (*name)(void) = (const char* (*)(void))(void*)GetProcAddress(outer, "Name");
  const char* (*below)(void) = (const char* (*)(void))(void*)GetProcAddress(outer, "Below");
  int (*count)(void) = (int (*)(void))(void*)GetProcAddress(outer, "Count");
  int* const counter = (int*)(void*)GetProcAddress(outer, "counter");
  printf("its name: %s, below: %s\n", name(), below());
  Is("called", (uint32_t)count(), 1);
  Is("its data", (uint32_t)*counter, 1);
  int(WINAPI * twice)(int) = (int(WINAPI*)(int))(void*)GetProcAddress(outer, "Twice@4");
  if (!twice) twice = (int(WINAPI*)(int))(void*)GetProcAddress(outer, "Twice");
  Is("another convention", (uint32_t)twice(21), 42);
  Is("no such function", GetProcAddress(outer, "name") != NULL, 0);
  Is("  error", GetLastError(), ERROR_PROC_NOT_FOUND);
  Is("no such ordinal", GetProcAddress(outer, (const char*)4711) != NULL, 0);
  Is("storage of threads", (uint32_t)((int (*)(void))(void*)GetProcAddress(outer, "OfThread"))(),
     101);
  RunThread();
  Is("no more of threads", DisableThreadLibraryCalls(outer), 0);
  RunThread();
  HMODULE by_address = NULL;
  Is("by an address in it",
     GetModuleHandleExW(
         GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS | GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
         (LPCWSTR)(void*)counter, &by_address),
     1);
  True("  it is", by_address == outer);
  Is("free once", FreeLibrary(outer), 1);
  True("still there", GetModuleHandleW(L"outer.dll") == outer);
  Is("free twice", FreeLibrary(outer), 1);
  Is("gone", GetModuleHandleW(L"outer.dll") != NULL, 0);
  Is("what it needed too", GetModuleHandleW(L"inner.dll") != NULL, 0);
  Is("free again", FreeLibrary(outer), 0);
  Is("  error", GetLastError(), ERROR_MOD_NOT_FOUND);
  outer = LoadLibraryW(L"C:\\outer.dll");
  Is("loaded anew: its data too", *(uint32_t*)(void*)GetProcAddress(outer, "counter"), 0);
}

static void Refusing(void) {
  Is("one that refuses", LoadLibraryW(L"refuses.dll") != NULL, 0);
  Is("  error", GetLastError(), ERROR_DLL_INIT_FAILED);
  Is("  is gone", GetModuleHandleW(L"refuses.dll") != NULL, 0);
  Is("one that is not there", LoadLibraryW(L"no_such.dll") != NULL, 0);
  Is("  error", GetLastError(), ERROR_MOD_NOT_FOUND);
  Is("what is no DLL", LoadLibraryW(L"C:\\tree\\lines.txt") != NULL, 0);
  Is("  error", GetLastError(), ERROR_BAD_EXE_FORMAT);
}

static void AsData(void) {
  HMODULE data = LoadLibraryExW(L"refuses.dll", NULL, LOAD_LIBRARY_AS_DATAFILE);
  True("as data", data != NULL);
  Is("  marked", (uint32_t)(ULONG_PTR)data & 3, 1);
  FreeLibrary(data);
  HMODULE image = LoadLibraryExW(L"refuses.dll", NULL, DONT_RESOLVE_DLL_REFERENCES);
  True("without being asked", image != NULL);
  True("  its functions are there", GetProcAddress(image, "Name") != NULL);
  FreeLibrary(image);
}

static void OfTheSystem(void) {
  HMODULE kernel32 = GetModuleHandleW(L"kernel32.dll");
  True("a forwarder",
       GetProcAddress(kernel32, "EnterCriticalSection") ==
           GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "RtlEnterCriticalSection"));
  HMODULE set = LoadLibraryW(L"api-ms-win-core-synch-l1-2-0.dll");
  True("an API set is a DLL", set != NULL && set == GetModuleHandleW(L"kernelbase.dll"));
  Is("the system's stay", FreeLibrary(kernel32), 1);
  True("  there", GetModuleHandleW(L"kernel32.dll") == kernel32);
}

int main(void) {
  Loading();
  Refusing();
  AsData();
  OfTheSystem();
  return Finish();
}
