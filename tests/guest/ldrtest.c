// ldrtest: what the loader does at run time, checked by the journal that the DLLs keep.
#include "guest.h"

__declspec(dllimport) const char* JournalText(void);
__declspec(dllimport) void JournalClear(void);
__declspec(dllimport) extern void* journal_escape[5];

static int JournalIs(const char* text) {
  const int equal = StringsEqual(JournalText(), text);
  if (!equal) {
    Print("  journal: ");
    Print(JournalText());
    Print("\n");
  }
  JournalClear();
  return equal;
}

static int IsMapped(void* address) {
  MEMORY_BASIC_INFORMATION info;
  return NtQueryVirtualMemory(CURRENT_PROCESS, address, MemoryBasicInformation, &info, sizeof(info),
                              NULL) == STATUS_SUCCESS &&
         info.State != MEM_FREE;
}

static void CheckNames(Tally* tally) {
  void *dll, *again, *found;
  CHECK_STATUS(FindDll(&found, "two.dll"), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(LoadDll(&dll, "two.dll"), STATUS_SUCCESS);
  CHECK(JournalIs("two+ "));
  CHECK_STATUS(LoadDll(&again, "TWO"), STATUS_SUCCESS);
  CHECK(again == dll);
  CHECK_STATUS(LoadDll(&again, "C:\\two.dll"), STATUS_SUCCESS);
  CHECK(again == dll);
  CHECK_STATUS(FindDll(&found, "two"), STATUS_SUCCESS);
  CHECK(found == dll);
  CHECK_STATUS(FindDll(&found, "C:\\TWO.DLL"), STATUS_SUCCESS);
  CHECK(found == dll && JournalIs(""));
  CHECK_STATUS(LoadDll(&again, "nowhere"), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(LoadDll(&again, ""), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(LoadDll(&again, "C:\\nowhere\\two.dll"), STATUS_DLL_NOT_FOUND);
  // Three times loaded.
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK(IsMapped(dll) && JournalIs(""));
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK(!IsMapped(dll) && JournalIs("two- "));
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(LdrUnloadDll(tally), STATUS_DLL_NOT_FOUND);
}

static void CheckPins(Tally* tally) {
  void *journal, *ntdll, *self = CurrentPeb()->ImageBaseAddress;
  CHECK_STATUS(FindDll(&journal, "journal.dll"), STATUS_SUCCESS);
  for (int i = 0; i < 3; ++i) CHECK_STATUS(LdrUnloadDll(journal), STATUS_SUCCESS);
  CHECK_STATUS(LdrUnloadDll(self), STATUS_SUCCESS);
  CHECK(IsMapped(journal) && IsMapped(self) && JournalIs(""));
  CHECK_STATUS(LoadDll(&ntdll, "ntdll.dll"), STATUS_SUCCESS);
  void* address;
  CHECK_STATUS(FindSymbol(&address, ntdll, "ZwClose"), STATUS_SUCCESS);
  CHECK(((NTSTATUS(NTAPI*)(HANDLE))address)((HANDLE)0x7654) == (NTSTATUS)STATUS_INVALID_HANDLE);
  CHECK_STATUS(LdrUnloadDll(ntdll), STATUS_SUCCESS);
}

static void CheckSymbols(Tally* tally) {
  void *dll, *address;
  CHECK_STATUS(LoadDll(&dll, "one.dll"), STATUS_SUCCESS);
  CHECK(JournalIs("two+ tls1+ one+ "));
  CHECK_STATUS(FindSymbol(&address, dll, "OneValue"), STATUS_SUCCESS);
  CHECK(((int (*)(void))address)() == 1);
  CHECK_STATUS(FindSymbol(&address, dll, "OneTwo"), STATUS_SUCCESS);
  CHECK(((int (*)(void))address)() == 2);
  CHECK_STATUS(FindSymbol(&address, dll, "OneCount"), STATUS_SUCCESS);
  CHECK(((ULONG(*)(void))address)() == 7);
  CHECK(((ULONG(*)(void))address)() == 8);
  CHECK_STATUS(LdrGetProcedureAddress(dll, NULL, 1, &address), STATUS_SUCCESS);
  CHECK_STATUS(LdrGetProcedureAddress(dll, NULL, 0, &address), STATUS_ORDINAL_NOT_FOUND);
  CHECK_STATUS(LdrGetProcedureAddress(dll, NULL, 99, &address), STATUS_ORDINAL_NOT_FOUND);
  CHECK_STATUS(LdrGetProcedureAddress(dll, NULL, 0x10001, &address), STATUS_ORDINAL_NOT_FOUND);
  CHECK_STATUS(FindSymbol(&address, dll, "oneValue"), STATUS_ENTRYPOINT_NOT_FOUND);
  CHECK_STATUS(FindSymbol(&address, dll, ""), STATUS_ENTRYPOINT_NOT_FOUND);
  CHECK_STATUS(FindSymbol(&address, dll, "OneGone"), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(FindSymbol(&address, tally, "OneValue"), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(FindSymbol((void**)0x50000000, dll, "OneValue"), STATUS_ACCESS_VIOLATION);
  // It has static TLS.
  CHECK_STATUS(LdrDisableThreadCalloutsForDll(dll), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK(JournalIs("tls1- one- two- "));
}

/// late.dll forwards to latedep.dll, which it needs anyway; here the forwarder's DLL comes at the question.
static void CheckDependencies(Tally* tally) {
  void *one, *two, *ring, *address;
  CHECK_STATUS(LoadDll(&two, "two.dll"), STATUS_SUCCESS);
  CHECK_STATUS(LoadDll(&one, "one.dll"), STATUS_SUCCESS);
  CHECK(JournalIs("two+ tls1+ one+ "));
  CHECK_STATUS(LdrUnloadDll(two), STATUS_SUCCESS);
  CHECK(IsMapped(two) && JournalIs(""));
  CHECK_STATUS(LdrUnloadDll(two), STATUS_SUCCESS);
  CHECK(IsMapped(two) && JournalIs(""));
  CHECK_STATUS(LdrUnloadDll(one), STATUS_SUCCESS);
  CHECK(!IsMapped(one) && !IsMapped(two) && JournalIs("tls1- one- two- "));
  // A ring goes as one.
  CHECK_STATUS(LoadDll(&ring, "ringa.dll"), STATUS_SUCCESS);
  CHECK(JournalIs("ringb+ ringa+ "));
  CHECK_STATUS(FindSymbol(&address, ring, "RingaOther"), STATUS_SUCCESS);
  CHECK(((int (*)(void))address)() == 2);
  CHECK_STATUS(LdrUnloadDll(ring), STATUS_SUCCESS);
  CHECK(!IsMapped(ring) && JournalIs("ringa- ringb- "));
}

static void CheckRefusal(Tally* tally) {
  void *dll = NULL, *found;
  CHECK_STATUS(LoadDll(&dll, "refuse.dll"), STATUS_DLL_INIT_FAILED);
  CHECK(JournalIs("two+ refuse+ refuse- two- "));
  CHECK_STATUS(FindDll(&found, "refuse.dll"), STATUS_DLL_NOT_FOUND);
  CHECK_STATUS(FindDll(&found, "two.dll"), STATUS_DLL_NOT_FOUND);
  // One that has given itself back by then; and as often as one likes.
  for (int i = 0; i < 2; ++i) {
    CHECK_STATUS(LoadDll(&dll, "undo.dll"), STATUS_DLL_INIT_FAILED);
    CHECK(JournalIs("undo+ undo- "));
    CHECK_STATUS(FindDll(&found, "undo.dll"), STATUS_DLL_NOT_FOUND);
  }
  // A place for the answer that is not one: nothing is loaded.
  WideText name;
  CHECK_STATUS(LdrLoadDll(NULL, NULL, Widen(&name, "two"), (void**)0x50000000),
               STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(LdrLoadDll(NULL, NULL, (void*)0x50000000, &dll), STATUS_ACCESS_VIOLATION);
  CHECK(JournalIs(""));
}

static void CheckNesting(Tally* tally) {
  void* dll;
  CHECK_STATUS(LoadDll(&dll, "nest.dll"), STATUS_SUCCESS);
  CHECK(JournalIs("two+ tls1+ one+ nest+ "));
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK(JournalIs("nest- tls1- one- two- "));
}

/// The loader gives back the registers that it was called with, whatever a DllMain does to them.
static void CheckRegisters(Tally* tally) {
  void* dll = NULL;
  WideText name;
  ULONG ebx, esi, edi, esp_before, esp_after, status;
  Widen(&name, "rude.dll");
  __asm__ volatile(
      "pushl %%ebp\n"
      "movl %%esp, %%ebp\n"
      "pushl %[dll]\n"
      "pushl %[name]\n"
      "pushl $0\n"
      "pushl $0\n"
      "movl $0x11111111, %%ebx\n"
      "movl $0x22222222, %%esi\n"
      "movl $0x33333333, %%edi\n"
      "call *%%eax\n"
      "movl %%ebp, %%ecx\n"
      "movl %%esp, %%edx\n"
      "movl %%ebp, %%esp\n"
      "popl %%ebp\n"
      : "=a"(status), "=b"(ebx), "=S"(esi), "=D"(edi), "=c"(esp_before), "=d"(esp_after)
      : "a"(LdrLoadDll), [dll] "c"(&dll), [name] "d"(&name.string)
      : "memory", "cc");
  CHECK(status == STATUS_SUCCESS && dll);
  CHECK(ebx == 0x11111111 && esi == 0x22222222 && edi == 0x33333333);
  CHECK(esp_before == esp_after);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
}

/// A DllMain that never comes back, more often than calls may be nested.
static void CheckEscape(Tally* tally) {
  volatile int escaped = 0;
  void* dll = NULL;
  for (volatile int i = 0; i < 200; ++i) {
    if (__builtin_setjmp(journal_escape)) {
      ++escaped;
      LdrUnloadDll(dll);
    } else {
      LoadDll(&dll, "escape.dll");
      break;
    }
  }
  // Half attached, it stays; so it is never attached again.
  CHECK(escaped == 1);
  CHECK_STATUS(LoadDll(&dll, "two.dll"), STATUS_SUCCESS);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  CHECK(JournalIs("two+ two- "));
}

static void CheckPlaces(Tally* tally) {
  void *dll, *place, *moved, *address;
  ULONG size = PAGE_SIZE;
  CHECK_STATUS(LoadDll(&dll, "one.dll"), STATUS_SUCCESS);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  place = dll;
  CHECK_STATUS(
      NtAllocateVirtualMemory(CURRENT_PROCESS, &place, 0, &size, MEM_RESERVE, PAGE_NOACCESS),
      STATUS_SUCCESS);
  // Its place is taken here: it is needed at another.
  CHECK_STATUS(LoadDll(&moved, "one.dll"), STATUS_SUCCESS);
  CHECK(moved != dll);
  CHECK_STATUS(FindSymbol(&address, moved, "OneValue"), STATUS_SUCCESS);
  CHECK(((int (*)(void))address)() == 1);
  CHECK_STATUS(LdrUnloadDll(moved), STATUS_SUCCESS);
  size = 0;
  CHECK_STATUS(NtFreeVirtualMemory(CURRENT_PROCESS, &place, &size, MEM_RELEASE), STATUS_SUCCESS);
  CHECK(JournalIs("two+ tls1+ one+ tls1- one- two- two+ tls1+ one+ tls1- one- two- "));

  // What cannot move.
  CHECK_STATUS(LoadDll(&dll, "fixed.dll"), STATUS_SUCCESS);
  CHECK(dll == (void*)0x67000000);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
  place = dll;
  size = PAGE_SIZE;
  CHECK_STATUS(
      NtAllocateVirtualMemory(CURRENT_PROCESS, &place, 0, &size, MEM_RESERVE, PAGE_NOACCESS),
      STATUS_SUCCESS);
  CHECK_STATUS(LoadDll(&dll, "fixed.dll"), STATUS_ILLEGAL_DLL_RELOCATION);
  size = 0;
  CHECK_STATUS(NtFreeVirtualMemory(CURRENT_PROCESS, &place, &size, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(LoadDll(&dll, "fixed.dll"), STATUS_SUCCESS);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
}

/// Threads that load and unload one DLL all at once.
static ULONG NTAPI LoadAndUnload(void* unused) {
  (void)unused;
  for (int i = 0; i < 20; ++i) {
    void* dll;
    if (LoadDll(&dll, "late.dll")) return 1;
    void* address;
    if (FindSymbol(&address, dll, "LateAdd")) return 2;
    if (((int (*)(int, int))address)(i, 1) != i + 1) return 3;
    if (LdrUnloadDll(dll)) return 4;
  }
  return 0;
}
static void CheckThreads(Tally* tally) {
  HANDLE thread[4];
  void* late;
  CHECK_STATUS(LoadDll(&late, "late.dll"), STATUS_SUCCESS);
  for (ULONG i = 0; i < COUNT_OF(thread); ++i) {
    CHECK_STATUS(StartThread(&thread[i], LoadAndUnload, NULL), STATUS_SUCCESS);
  }
  for (ULONG i = 0; i < COUNT_OF(thread); ++i) CHECK(JoinThread(thread[i]) == 0);
  CHECK_STATUS(LdrUnloadDll(late), STATUS_SUCCESS);
  CHECK_STATUS(FindDll(&late, "late.dll"), STATUS_DLL_NOT_FOUND);
}

/// A thread that is there before the DLL has its variables, too.
static volatile ULONG step;
static ULONG NTAPI CountLate(void* count) {
  while (!step) NtYieldExecution();
  return (*(ULONG(**)(void))count)();
}
static void CheckLateTls(Tally* tally) {
  HANDLE thread;
  void *dll, *count = NULL;
  CHECK_STATUS(StartThread(&thread, CountLate, &count), STATUS_SUCCESS);
  CHECK_STATUS(LoadDll(&dll, "late.dll"), STATUS_SUCCESS);
  CHECK_STATUS(LdrGetProcedureAddress(dll, NULL, 7, &count), STATUS_SUCCESS);
  for (ULONG i = 101; i < 105; ++i) CHECK(((ULONG(*)(void))count)() == i);
  step = 1;
  CHECK(JoinThread(thread) == 101);
  CHECK_STATUS(LdrUnloadDll(dll), STATUS_SUCCESS);
}

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  JournalClear();
  CheckNames(tally);
  CheckPins(tally);
  CheckSymbols(tally);
  CheckDependencies(tally);
  CheckRefusal(tally);
  CheckNesting(tally);
  CheckRegisters(tally);
  CheckPlaces(tally);
  CheckThreads(tally);
  CheckLateTls(tally);
  CheckEscape(tally);
  return Report(tally);
}
