// lateload: loads a DLL with static TLS, a DllMain and a DLL of its own at run time, uses it, unloads it,
// and does all that once more. Its output is always the same; a call that fails ends the program with
// its status.
#include "guest.h"

static void Need(NTSTATUS status, const char* what) {
  if (status == STATUS_SUCCESS) return;
  PrintLine(what, (ULONG)status);
  Abort((ULONG)status);
}

static void* Symbol(void* dll, const char* name) {
  void* address;
  Need(FindSymbol(&address, dll, name), name);
  return address;
}

static void UseIt(void) {
  void* dll;
  Need(LoadDll(&dll, "late.dll"), "LdrLoadDll");
  int (*add)(int, int) = (int (*)(int, int))Symbol(dll, "LateAdd");
  int (*twice)(int) = (int (*)(int))Symbol(dll, "LateTwice");
  ULONG (*count)(void) = (ULONG(*)(void))Symbol(dll, "LateCount");
  Print("20 + 22 = ");
  PrintNumber((ULONG)add(20, 22));
  Print(", 2 * 21 = ");
  PrintNumber((ULONG)twice(21));
  Print(", counting: ");
  PrintNumber(count());
  Print(" ");
  PrintNumber(count());
  Print("\n");
  Need(LdrUnloadDll(dll), "LdrUnloadDll");
  const NTSTATUS found = FindDll(&dll, "late.dll");
  if (found == STATUS_SUCCESS) Exit(1);
  if (found != (NTSTATUS)STATUS_DLL_NOT_FOUND) Need(found, "LdrGetDllHandle");
}

int GuestMain(void) {
  UseIt();
  Print("once more\n");
  UseIt();
  return 0;
}
