// initorder [how]: a program with static TLS and a TLS callback, whose DLLs keep a journal. It starts a
// thread, then ends: "exit" by RtlExitUserProcess, "terminate" by NtTerminateProcess, "last" by leaving a
// thread behind that ends last, "quit" by a DLL that ends the process while it is attached, "stack" by
// calling the loader where the stack has no room left.
#include "guest.h"
#include "tls.h"

__declspec(dllimport) void JournalPut(const char* entry);
__declspec(dllimport) int OneValue(void);
__declspec(dllimport) ULONG OneCount(void);

static const struct {
  char text[12];
  ULONG number;
} initial = {"my own", 4711};
static void NTAPI OnTls(void* module, ULONG reason, void* reserved) {
  (void)module, (void)reserved;
  JournalPut(reason == DLL_PROCESS_ATTACH  ? "program+"
             : reason == DLL_THREAD_ATTACH ? "program*"
             : reason == DLL_THREAD_DETACH ? "program/"
                                           : "program-");
  if (reason == DLL_PROCESS_DETACH) Print("program-\n");
}
static const TlsCallback callbacks[] = {OnTls, NULL};
STATIC_TLS(initial, 0, callbacks)

/// Are the thread's variables fresh?
static int UseVariables(void) {
  ULONG* number = (ULONG*)((char*)TlsBlock(_tls_index) + 12);
  const int fresh = *number == 4711 && OneCount() == 7;
  *number = 1;
  return fresh && OneCount() == 8;
}

static ULONG NTAPI RunThread(void* main_thread) {
  if (main_thread) JoinThread(main_thread);
  JournalPut(UseVariables() ? "thread" : "WRONG");
  return 33;
}

static NTSTATUS OpenSelf(HANDLE* thread) {
  CLIENT_ID* id;
  OBJECT_ATTRIBUTES attributes;
  __asm__("movl %%fs:0x18, %0" : "=r"(id));
  InitAttributes(&attributes, NULL);
  return NtOpenThread(thread, THREAD_ALL_ACCESS, &attributes, (CLIENT_ID*)((char*)id + 0x20));
}

/// There is room for the call's arguments, none for a DllMain's.
static void CallOnFullStack(void) {
  void* stack = NULL;
  ULONG size = PAGE_SIZE;
  WideText name;
  void* dll;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &stack, 0, &size, MEM_RESERVE | MEM_COMMIT,
                              PAGE_READWRITE)) {
    return;
  }
  ULONG* arguments = (ULONG*)((char*)stack + 20);
  arguments[2] = (ULONG)Widen(&name, "quit.dll");
  arguments[3] = (ULONG)&dll;
  __asm__ volatile(
      "movl %0, %%esp\n"
      "call *%1\n"
      :
      : "r"(arguments), "r"(LdrLoadDll)
      : "memory");
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  const char* how = arguments.count > 1 ? arguments.item[1] : "exit";
  JournalPut(UseVariables() && OneValue() == 1 ? "main" : "WRONG");
  HANDLE thread;
  if (StringsEqual(how, "last")) {
    HANDLE self = NULL;
    if (OpenSelf(&self) || StartThread(&thread, RunThread, self)) return 1;
    RtlExitUserThread(44);
  }
  if (StartThread(&thread, RunThread, NULL)) return 1;
  if (JoinThread(thread) != 33) return 2;
  if (StringsEqual(how, "terminate")) NtTerminateProcess(CURRENT_PROCESS, 6);
  if (StringsEqual(how, "stack")) CallOnFullStack();
  void* dll;
  if (StringsEqual(how, "quit")) LoadDll(&dll, "quit.dll");
  return 5;
}
