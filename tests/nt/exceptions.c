// Exceptions by way of a vectored handler: what the record says, and where the program goes on.
#include "check.h"

#define STATUS_OWN 0xE1234567u

static EXCEPTION_RECORD seen;
static CONTEXT at;
static volatile int count;
static uintptr_t resume;  ///< Where to go on; 0: where it was.

static LONG CALLBACK Handle(EXCEPTION_POINTERS* pointers) {
  seen = *pointers->ExceptionRecord;
  at = *pointers->ContextRecord;
  ++count;
  if (resume) pointers->ContextRecord->Eip = resume;
  return EXCEPTION_CONTINUE_EXECUTION;
}

// Each runs one instruction that faults, and goes on at label 1. GCC cannot see that, so these are not inlined.
#define FAULT(code, ...)                           \
  do {                                             \
    asm volatile("movl $1f, %0\n\t" code "\n1:"    \
                 : "=m"(resume)                    \
                 : __VA_ARGS__                     \
                 : "eax", "ecx", "edx", "memory"); \
    resume = 0;                                    \
  } while (0)

static void Show(const char* what, uint32_t code, uint32_t parameters) {
  printf("%s:\n", what);
  Is("  code", seen.ExceptionCode, code);
  Is("  flags", seen.ExceptionFlags, 0);
  Is("  parameters", seen.NumberParameters, parameters);
}

static void Hardware(void) {
  char* const page = VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READONLY);
  char* const none = VirtualAlloc(NULL, 0x1000, MEM_RESERVE, PAGE_READONLY);
  FAULT("movl (%1), %%eax", "r"(none));
  Show("a read of what is reserved", EXCEPTION_ACCESS_VIOLATION, 2);
  Is("  to read", (uint32_t)seen.ExceptionInformation[0], 0);
  True("  there", seen.ExceptionInformation[1] == (uintptr_t)none);
  True("  the instruction's address", (uintptr_t)seen.ExceptionAddress == at.Eip);
  FAULT("movl $1, 5(%1)", "r"(page));
  Show("a write to what is read only", EXCEPTION_ACCESS_VIOLATION, 2);
  Is("  to write", (uint32_t)seen.ExceptionInformation[0], 1);
  True("  there", seen.ExceptionInformation[1] == (uintptr_t)page + 5);
  FAULT("movl 0, %%eax", "r"(0));
  Show("a null pointer", EXCEPTION_ACCESS_VIOLATION, 2);
  Is("  address", (uint32_t)seen.ExceptionInformation[1], 0);
  FAULT("movl 0xFFFFFFFC, %%eax", "r"(0));
  Show("the system's half", EXCEPTION_ACCESS_VIOLATION, 2);
  FAULT("xorl %%edx, %%edx\n\tmovl $1, %%eax\n\tidivl %1", "r"(0));
  Show("division by zero", EXCEPTION_INT_DIVIDE_BY_ZERO, 0);
  FAULT("movl $0x80000000, %%eax\n\tcdq\n\tidivl %1", "r"(-1));
  True("division that overflows", seen.ExceptionCode == EXCEPTION_INT_OVERFLOW ||
                                      seen.ExceptionCode == EXCEPTION_INT_DIVIDE_BY_ZERO);
  FAULT("ud2", "r"(0));
  Show("an undefined instruction", EXCEPTION_ILLEGAL_INSTRUCTION, 0);
  FAULT("hlt", "r"(0));
  Show("a privileged one", EXCEPTION_PRIV_INSTRUCTION, 0);
  FAULT("cli", "r"(0));
  Show("another", EXCEPTION_PRIV_INSTRUCTION, 0);
  FAULT("int3", "r"(0));
  Show("a breakpoint", EXCEPTION_BREAKPOINT, 3);
  FAULT("movb $127, %%al\n\taddb $1, %%al\n\tinto", "r"(0));
  Show("overflow", EXCEPTION_INT_OVERFLOW, 0);
  VirtualFree(page, 0, MEM_RELEASE);
  VirtualFree(none, 0, MEM_RELEASE);
}

static void SingleStep(void) {
  count = 0;
  asm volatile("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\tnop\n\tnop" : : : "memory", "cc");
  Show("a single step", EXCEPTION_SINGLE_STEP, 0);
  Is("  how often", (uint32_t)count, 1);
}

static void GuardPage(void) {
  volatile char* const page =
      VirtualAlloc(NULL, 0x1000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD);
  MEMORY_BASIC_INFORMATION m;
  VirtualQuery((void*)page, &m, sizeof(m));
  Is("a guard page", m.Protect, PAGE_READWRITE | PAGE_GUARD);
  count = 0;
  page[3] = 5;
  Show("touched", EXCEPTION_GUARD_PAGE, 2);
  Is("  to write", (uint32_t)seen.ExceptionInformation[0], 1);
  True("  there", seen.ExceptionInformation[1] == (uintptr_t)page + 3);
  Is("  once", (uint32_t)count, 1);
  Is("  then written", page[3], 5);
  VirtualQuery((void*)page, &m, sizeof(m));
  Is("no guard any more", m.Protect, PAGE_READWRITE);
  VirtualFree((void*)page, 0, MEM_RELEASE);
}

static void Raised(void) {
  const ULONG_PTR words[20] = {11, 22, 33};
  count = 0;
  RaiseException(STATUS_OWN, 0, 3, words);
  Show("raised", STATUS_OWN & ~0x10000000u, 3);
  Is("  the second word", (uint32_t)seen.ExceptionInformation[1], 22);
  RaiseException(1, 0, 0, NULL);
  Show("of a small number", 1, 0);
  RaiseException(STATUS_OWN, 0, 20, words);
  Is("more words than there is room for", seen.NumberParameters, 15);
  Is("how many came", (uint32_t)count, 3);
}

static char order[16];
static LONG CALLBACK Note(char c) {
  const size_t end = strlen(order);
  order[end] = c;
  return EXCEPTION_CONTINUE_SEARCH;
}
static LONG CALLBACK A(EXCEPTION_POINTERS* p) { return (void)p, Note('a'); }
static LONG CALLBACK B(EXCEPTION_POINTERS* p) { return (void)p, Note('b'); }

static void Order(void) {
  void* a = AddVectoredExceptionHandler(1, A);
  void* b = AddVectoredExceptionHandler(1, B);
  RaiseException(2, 0, 0, NULL);
  printf("the last that came is the first: %s\n", order);
  Is("which it should be", strcmp(order, "ba") != 0, 0);
  Is("remove", RemoveVectoredExceptionHandler(a), 1);
  Is("again", RemoveVectoredExceptionHandler(a), 0);
  Is("the other", RemoveVectoredExceptionHandler(b), 1);
}

int main(void) {
  void* handler = AddVectoredExceptionHandler(1, Handle);
  Hardware();
  SingleStep();
  GuardPage();
  Raised();
  Order();
  RemoveVectoredExceptionHandler(handler);
  return Finish();
}
