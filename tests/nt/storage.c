// Storage of threads and fibers: TLS by index and by the compiler, FLS with its callbacks.
#include "check.h"

static DWORD slot, fiber_slot;
static volatile LONG freed;
static ULONG_PTR last_freed;

static void CALLBACK OnFree(void* value) {
  last_freed = (ULONG_PTR)value;
  InterlockedIncrement(&freed);
}

static DWORD WINAPI InThread(void* argument) {
  const DWORD before =
      (DWORD)(ULONG_PTR)TlsGetValue(slot) + (DWORD)(ULONG_PTR)FlsGetValue(fiber_slot);
  TlsSetValue(slot, argument);
  FlsSetValue(fiber_slot, argument);
  return before * 1000 + (DWORD)(ULONG_PTR)TlsGetValue(slot);
}

static DWORD Run(void* argument) {
  DWORD code = 0;
  HANDLE thread = CreateThread(NULL, 0, InThread, argument, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  CloseHandle(thread);
  return code;
}

static void Slots(void) {
  DWORD slots[1100];
  int count = 0, wrong = 0;
  slot = TlsAlloc();
  Is("a new slot is empty", (uint32_t)(ULONG_PTR)TlsGetValue(slot), 0);
  Is("  and that is no error", GetLastError(), 0);
  TlsSetValue(slot, (void*)77);
  Is("another thread's is its own", Run((void*)5), 5);
  Is("mine stays", (uint32_t)(ULONG_PTR)TlsGetValue(slot), 77);
  while (count < 1100 && (slots[count] = TlsAlloc()) != TLS_OUT_OF_INDEXES) ++count;
  True("over a thousand slots", count > 1000 && count < 1088);
  for (int i = 0; i < count; ++i) TlsSetValue(slots[i], (void*)(ULONG_PTR)(i + 1));
  for (int i = 0; i < count; ++i) wrong += TlsGetValue(slots[i]) != (void*)(ULONG_PTR)(i + 1);
  Is("all apart", (uint32_t)wrong, 0);
  for (int i = 0; i < count; ++i) TlsFree(slots[i]);
  Is("free", TlsFree(slot), 1);
  Is("free again", TlsFree(slot), 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
  slot = TlsAlloc();
  Is("a slot that was another's is empty", (uint32_t)(ULONG_PTR)TlsGetValue(slot), 0);
  Is("no such slot", TlsSetValue(5000, NULL), 0);
  Is("  error", GetLastError(), ERROR_INVALID_PARAMETER);
}

static void Callbacks(void) {
  fiber_slot = FlsAlloc(OnFree);
  True("a slot with a callback", fiber_slot != FLS_OUT_OF_INDEXES);
  Run((void*)9);
  Is("called when the thread ended", (uint32_t)freed, 1);
  Is("  with its value", (uint32_t)last_freed, 9);
  FlsSetValue(fiber_slot, (void*)3);
  Is("free the slot", FlsFree(fiber_slot), 1);
  Is("called for mine", (uint32_t)freed, 2);
  Is("  with its value", (uint32_t)last_freed, 3);
}

static __thread int by_compiler = 40;
static DWORD WINAPI UseCompilers(void* argument) {
  (void)argument;
  by_compiler += 2;
  return (DWORD)by_compiler;
}

static void* CurrentFiber(void) {
  void* fiber;
  asm volatile("movl %%fs:0x10, %0" : "=r"(fiber));
  return fiber;
}

static void* main_fiber;
static int steps[4], step_count;
static void CALLBACK InFiber(void* argument) {
  for (int i = 0; i < 2; ++i) {
    steps[step_count++] = (int)(ULONG_PTR)argument + i;
    SwitchToFiber(main_fiber);
  }
}

static void Fibers(void) {
  main_fiber = ConvertThreadToFiber(NULL);
  True("a thread as a fiber", main_fiber && CurrentFiber() == main_fiber);
  void* one = CreateFiber(0, InFiber, (void*)10);
  void* two = CreateFiber(0, InFiber, (void*)20);
  SwitchToFiber(one);
  SwitchToFiber(two);
  SwitchToFiber(one);
  SwitchToFiber(two);
  for (int i = 0; i < 4; ++i) Is("  step", (uint32_t)steps[i], (uint32_t[]){10, 20, 11, 21}[i]);
  DeleteFiber(one);
  DeleteFiber(two);
  Is("a thread again", ConvertFiberToThread(), 1);
}

int main(void) {
  DWORD code = 0;
  Slots();
  Callbacks();
  HANDLE thread = CreateThread(NULL, 0, UseCompilers, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  GetExitCodeThread(thread, &code);
  Is("the compiler's, in another thread", code, 42);
  Is("  and here", (uint32_t)by_compiler, 40);
  CloseHandle(thread);
  Fibers();
  return Finish();
}
