// Structured exception handling by frames on the stack: FS:[0] leads to them. RtlUnwind, frames within frames,
// exceptions in handlers, and the stack's own end.
#include <setjmp.h>

#include "check.h"

typedef struct Frame {
  struct Frame* next;
  EXCEPTION_DISPOSITION(CDECL* handler)(EXCEPTION_RECORD*, struct Frame*, CONTEXT*, void*);
  const char* name;
  jmp_buf* target;
} Frame;

void WINAPI RtlUnwind(void*, void*, EXCEPTION_RECORD*, void*);

static Frame* Top(void) {
  Frame* top;
  asm volatile("movl %%fs:0, %0" : "=r"(top));
  return top;
}
static void SetTop(Frame* frame) { asm volatile("movl %0, %%fs:0" : : "r"(frame) : "memory"); }
static void Push(Frame* frame) {
  frame->next = Top();
  SetTop(frame);
}
static void Pop(Frame* frame) { SetTop(frame->next); }

static EXCEPTION_DISPOSITION CDECL Pass(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                        void* dispatcher) {
  (void)context;
  (void)dispatcher;
  printf("%s passes on 0x%lx, flags 0x%lx\n", frame->name, record->ExceptionCode,
         record->ExceptionFlags);
  return ExceptionContinueSearch;
}

/// Once.
static EXCEPTION_DISPOSITION CDECL Continue(EXCEPTION_RECORD* record, Frame* frame,
                                            CONTEXT* context, void* dispatcher) {
  (void)context;
  (void)dispatcher;
  if (record->ExceptionCode == EXCEPTION_NONCONTINUABLE_EXCEPTION) return ExceptionContinueSearch;
  printf("%s goes on after 0x%lx, flags 0x%lx\n", frame->name, record->ExceptionCode,
         record->ExceptionFlags);
  return ExceptionContinueExecution;
}

static EXCEPTION_DISPOSITION CDECL Take(EXCEPTION_RECORD* record, Frame* frame, CONTEXT* context,
                                        void* dispatcher) {
  (void)context;
  (void)dispatcher;
  printf("%s takes 0x%lx, flags 0x%lx\n", frame->name, record->ExceptionCode,
         record->ExceptionFlags);
  RtlUnwind(frame, NULL, record, NULL);
  longjmp(*frame->target, 1);
}

static EXCEPTION_DISPOSITION CDECL RaiseAnother(EXCEPTION_RECORD* record, Frame* frame,
                                                CONTEXT* context, void* dispatcher) {
  (void)context;
  (void)dispatcher;
  printf("%s sees 0x%lx, flags 0x%lx\n", frame->name, record->ExceptionCode,
         record->ExceptionFlags);
  if (record->ExceptionCode == 0xE0000005) RaiseException(0xE0000006, 0, 0, NULL);
  return ExceptionContinueSearch;
}

static void __attribute__((noinline)) Inner(uint32_t code, DWORD flags) {
  Frame inner = {NULL, Pass, "inner", NULL};
  Push(&inner);
  RaiseException(code, flags, 0, NULL);
  printf("back in the inner function\n");
  Pop(&inner);
}

static void Unwinding(void) {
  jmp_buf target;
  Frame outer = {NULL, Take, "outer", &target};
  Frame* const before = Top();
  Push(&outer);
  if (setjmp(target) == 0) {
    Inner(0xE0000001, 0);
    True("not reached", 0);
  }
  True("unwound to the outer frame", Top() == &outer);
  Pop(&outer);
  True("the frames are as before", Top() == before);
}

static void Continuing(void) {
  jmp_buf target;
  Frame outer = {NULL, Continue, "outer", NULL};
  Push(&outer);
  Inner(0xE0000002, 0);
  Frame last = {NULL, Take, "last", &target};
  Pop(&outer);
  Push(&last);
  Push(&outer);
  // Who goes on after what cannot be continued gets another exception for it.
  if (setjmp(target) == 0) {
    RaiseException(0xE0000003, EXCEPTION_NONCONTINUABLE, 0, NULL);
    True("not reached either", 0);
  }
  True("taken by the last", Top() == &last);
  Pop(&last);
}

static void Nested(void) {
  jmp_buf target;
  Frame outer = {NULL, Take, "outer", &target};
  Frame middle = {NULL, RaiseAnother, "middle", NULL};
  Push(&outer);
  Push(&middle);
  if (setjmp(target) == 0) RaiseException(0xE0000005, 0, 0, NULL);
  True("an exception in a handler is taken", Top() == &outer);
  Pop(&outer);
}

static void Faults(void) {
  jmp_buf target;
  Frame frame = {NULL, Take, "frame", &target};
  Push(&frame);
  volatile int* volatile nothing = (int*)16;
  if (setjmp(target) == 0) *nothing = 1;
  if (setjmp(target) == 0) asm volatile("divl %%ecx" : : "a"(1), "d"(0), "c"(0));
  if (setjmp(target) == 0) asm volatile("ud2");
  Pop(&frame);
}

static int depth;
static int Recurse(volatile char* previous);
static int (*volatile again)(volatile char*) = Recurse;
static int Recurse(volatile char* previous) {
  volatile char here[512];
  here[0] = previous ? previous[0] : 1;
  ++depth;
  return again(here) + here[0];
}

static void Overflow(void) {
  jmp_buf target;
  Frame frame = {NULL, Take, "frame", &target};
  ULONG guarantee = 0x8000;
  Is("room for a handler", SetThreadStackGuarantee(&guarantee), 1);
  for (int i = 0; i < 2; ++i) {
    Push(&frame);
    depth = 0;
    if (setjmp(target) == 0) Recurse(NULL);
    Pop(&frame);
    True("deep enough", depth > 1000);
    // The guard page is gone; the C library puts it there again.
    Is("reset", _resetstkoflw() != 0, 1);
  }
}

static DWORD WINAPI InThread(void* argument) {
  (void)argument;
  Overflow();
  return 0;
}

int main(void) {
  Unwinding();
  Continuing();
  Nested();
  Faults();
  HANDLE thread = CreateThread(NULL, 0, InThread, NULL, 0, NULL);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  return Finish();
}
