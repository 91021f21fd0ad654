// The floating-point unit: each thread has its own, and finds it as it left it.
#include <float.h>
#include <math.h>

#include "check.h"

static unsigned ControlWord(void) {
  unsigned short word;
  asm volatile("fnstcw %0" : "=m"(word));
  return word;
}
static void SetControlWord(unsigned short word) { asm volatile("fldcw %0" : : "m"(word)); }
static unsigned Mxcsr(void) {
  unsigned value;
  asm volatile("stmxcsr %0" : "=m"(value));
  return value & 0xFFC0;  // What is chosen, not what has happened.
}

static HANDLE go[2];
static double sums[2];
static unsigned words[2];

/// Two threads that take turns in the middle of a computation on the FPU's stack.
static DWORD WINAPI Compute(void* argument) {
  const int me = (int)(intptr_t)argument;
  double sum = 0, step = me ? 0.1 : 0.3;
  words[me] = ControlWord();
  SetControlWord(me ? 0x0F7F : 0x0C7F);
  for (int i = 0; i < 100; ++i) {
    double next;
    asm volatile("fldl %0\n\tfldl %1" : : "m"(sum), "m"(step));
    SetEvent(go[1 - me]);
    WaitForSingleObject(go[me], 1000);
    asm volatile("faddp\n\tfstpl %0" : "=m"(next));
    sum = next;
  }
  SetEvent(go[1 - me]);
  sums[me] = sum;
  return ControlWord();
}

static void Threads(void) {
  HANDLE threads[2];
  DWORD code;
  for (int i = 0; i < 2; ++i) go[i] = CreateEventW(NULL, FALSE, FALSE, NULL);
  SetControlWord(0x0B7F);
  for (int i = 0; i < 2; ++i)
    threads[i] = CreateThread(NULL, 0, Compute, (void*)(intptr_t)i, 0, NULL);
  WaitForMultipleObjects(2, threads, TRUE, INFINITE);
  for (int i = 0; i < 2; ++i) {
    Is("a thread begins with", words[i], 0x27F);
    GetExitCodeThread(threads[i], &code);
    Is("and ends with what it chose", code, i ? 0xF7F : 0xC7F);
    CloseHandle(threads[i]);
    CloseHandle(go[i]);
  }
  printf("the sums: %.17g %.17g\n", sums[0], sums[1]);
  True("are right", fabs(sums[0] - 30) < 1e-4 && fabs(sums[1] - 10) < 1e-9);
  Is("mine is as I left it", ControlWord(), 0xB7F);
  SetControlWord(0x027F);
}

static EXCEPTION_RECORD seen;
static LONG CALLBACK Handle(EXCEPTION_POINTERS* pointers) {
  seen = *pointers->ExceptionRecord;
  // What it complains about, and the exceptions themselves, are masked from now on.
  unsigned short* const state = (unsigned short*)pointers->ContextRecord->ExtendedRegisters;
  pointers->ContextRecord->FloatSave.ControlWord |= 0x3F;
  pointers->ContextRecord->FloatSave.StatusWord &= ~0x80FF;
  state[0] |= 0x3F;  // The same, as FXSAVE has it.
  state[1] &= (unsigned short)~0x80FF;
  return EXCEPTION_CONTINUE_EXECUTION;
}

static void Exceptions(void) {
  static const struct {
    const char* name;
    unsigned short mask;
    double a, b;
    DWORD code;
  } cases[] = {{"divide by zero", 0x27B, 1, 0, STATUS_FLOAT_DIVIDE_BY_ZERO},
               {"invalid", 0x27E, 0, 0, STATUS_FLOAT_INVALID_OPERATION},
               {"overflow", 0x277, 1e300, 1e-300, STATUS_FLOAT_OVERFLOW},
               {"underflow", 0x26F, 1e-300, 1e300, STATUS_FLOAT_UNDERFLOW},
               {"inexact", 0x25F, 1, 3, STATUS_FLOAT_INEXACT_RESULT}};
  void* handler = AddVectoredExceptionHandler(1, Handle);
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    double result;
    memset(&seen, 0, sizeof(seen));
    asm volatile("fnclex");
    SetControlWord(cases[i].mask);
    asm volatile("fldl %1\n\tfdivl %2\n\tfstpl %0\n\tfwait"
                 : "=m"(result)
                 : "m"(cases[i].a), "m"(cases[i].b));
    asm volatile("fnclex");
    Is(cases[i].name, seen.ExceptionCode, cases[i].code);
    SetControlWord(0x27F);
  }
  RemoveVectoredExceptionHandler(handler);
}

int main(void) {
  // The C library's start has chosen full precision.
  Is("the program begins with", ControlWord(), 0x37F);
  Is("  and", Mxcsr(), 0x1F80);
  Threads();
  Exceptions();
  return Finish();
}
