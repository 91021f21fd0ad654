// callfuzz SEED CALLS [own]: makes that many system calls with plausible and wild arguments, by the kernel's own
// numbers; one '.' on standard output for each DOTS calls. Whatever becomes of the program, the kernel must live, and
// have everything back when it has ended. "own": the program is linked by the kernel, so that its calls have one return
// address above their arguments, not two.
// A program that does anything may also do away with itself: it tries not to (Spare, and few wild addresses), so that
// most calls are made by one that has handles, views and threads.
#include "call_table.h"
#include "callfuzz_signatures.h"
#include "guest.h"

#define DOTS 100
#define OWN_CALL_NUMBERS 0x4000
#define MOST_ARGUMENTS 12
#define ARENA 0x10000   // Where arguments lie.
#define FIELD 0x400000  // Where memory calls do what they do.
#define HANDLES 48

static const char* const names[] = {
    "\\??\\C:\\callfuzz.exe",
    "\\??\\C:\\fuzzed",
    "\\??\\C:\\fuzzed\\file",
    "\\??\\C:\\",
    "\\BaseNamedObjects\\one",
    "\\BaseNamedObjects\\two",
    "\\BaseNamedObjects",
    "\\",
    "\\Registry\\Machine\\Software",
    "\\Registry\\Machine\\Fuzzed",
    "\\Registry\\User\\.Default",
    "\\??\\pipe\\fuzzed",
    "one",
    "a\\b\\c",
    "*",
    "f*.?x<",
    "",
    "\\??\\NUL",
    "\\Device\\NamedPipe\\",
};

typedef struct {
  ULONG state;
  UCHAR* arena;
  UCHAR* field;
  UCHAR* code;  // A function that returns at once.
  HANDLE handles[HANDLES];
  ULONG used;  // Of the arena.
  ULONG process, thread;
  WideText text;
  const char* of[COUNT_OF(kernel_calls)];
} Fuzz;

static ULONG Roll(Fuzz* f, ULONG sides) {
  f->state ^= f->state << 13;
  f->state ^= f->state >> 17;
  f->state ^= f->state << 5;
  return f->state % sides;
}
#define CHOOSE(f, array) (array)[Roll(f, COUNT_OF(array))]

static ULONG Number(Fuzz* f) {
  static const ULONG edges[] = {0,          1,          2,          3,       4,        8,
                                16,         24,         0x40,       0x104,   0xFFF,    0x1000,
                                0x1001,     0x8000,     0xFFFF,     0x10000, 0x400000, 0x7FFFFFFF,
                                0x80000000, 0xC0000000, 0xFFFFF000, 0x2CC,   0x5C,     0xFFFFFFFC,
                                0xFFFFFFFE, 0xFFFFFFFF};
  switch (Roll(f, 4)) {
    case 0:
      return Roll(f, 64);
    case 1:
      return 1u << Roll(f, 32);
    case 2:
      return Roll(f, 0xFFFFFFFF);
    default:
      return CHOOSE(f, edges);
  }
}

static ULONG WildAddress(Fuzz* f) {
  const ULONG edges[] = {0,
                         1,
                         0xFFFC,
                         0x10000,
                         0x400000,
                         0x7FFDF000,
                         0x7FFE0000,
                         0x7FFE02D0,
                         0x7FFEFFFE,
                         0x7FFF0000,
                         0x7FFFFFFF,
                         0x80000000,
                         0x80100000,
                         0xC0000000,
                         0xFFC00000,
                         0xFFFFF000,
                         0xFFFFFFFC,
                         0xFFFFFFFF,
                         (ULONG)f->arena + ARENA - 1,
                         (ULONG)f->arena + ARENA - 4,
                         (ULONG)f->arena + ARENA,
                         (ULONG)f->field};
  return Roll(f, 3) ? CHOOSE(f, edges) : Roll(f, 0xFFFFFFFF);
}

static ULONG FieldAddress(Fuzz* f) {
  return (ULONG)f->field + Roll(f, FIELD >> 12) * PAGE_SIZE + (Roll(f, 4) ? 0 : Roll(f, PAGE_SIZE));
}

// `size` bytes of the arena, filled with what may be anything; now and then at the very end of it, or across it.
static UCHAR* Room(Fuzz* f, ULONG size) {
  if (Roll(f, 40) == 0) return f->arena + ARENA - size;
  if (Roll(f, 200) == 0) return f->arena + ARENA - Roll(f, size) - 1;
  if (f->used + size > ARENA - 0x1000) f->used = 0;
  UCHAR* room = f->arena + f->used;
  f->used += (size + 15) & ~15u;
  return room;
}

static ULONG Put(Fuzz* f, ULONG low, ULONG high) {
  ULONG* room = (ULONG*)Room(f, 8);
  if ((UCHAR*)room + 8 <= f->arena + ARENA) {
    room[0] = low;
    room[1] = high;
  }
  return (ULONG)room;
}

static int IsStandard(HANDLE handle) {
  const ULONG value = (ULONG)handle & ~3ul;
  return value == (ULONG)StandardInput() || value == (ULONG)StandardOutput() ||
         value == (ULONG)StandardError();
}

static ULONG AnyHandle(Fuzz* f) {
  static const ULONG special[] = {0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFA, 0xFFFFFFFC,
                                  0,          7,          0x7FFFFFFC, 0x80000004};
  ULONG handle;
  if (Roll(f, 4) == 0) return CHOOSE(f, special);
  handle = Roll(f, 8) ? (ULONG)f->handles[Roll(f, HANDLES)] : Roll(f, 256) * 4;
  return IsStandard((HANDLE)handle) ? 0 : handle;
}

static ULONG Name(Fuzz* f) {
  const UNICODE_STRING* name = Widen(&f->text, CHOOSE(f, names));
  const ULONG length = name->Length;
  USHORT* room = (USHORT*)Room(f, sizeof(UNICODE_STRING) + 520);
  if ((UCHAR*)room + sizeof(UNICODE_STRING) + 520 > f->arena + ARENA) return (ULONG)room;
  memcpy(room + 4, name->Buffer, length);
  room[0] = (USHORT)(Roll(f, 30) ? length : Number(f));
  room[1] = (USHORT)(Roll(f, 30) ? 520 : Number(f));
  ((ULONG*)room)[1] = Roll(f, 30) ? (ULONG)(room + 4) : WildAddress(f);
  return (ULONG)room;
}

static ULONG Attributes(Fuzz* f) {
  ULONG* room = (ULONG*)Room(f, 24);
  if ((UCHAR*)room + 24 > f->arena + ARENA) return (ULONG)room;
  const ULONG name = Roll(f, 4) ? Name(f) : 0;
  room[0] = Roll(f, 30) ? 24 : Number(f);
  room[1] = Roll(f, 3) ? 0 : AnyHandle(f);
  room[2] = name;
  room[3] = Roll(f, 4) ? 0x40 : Number(f);
  room[4] = Roll(f, 20) ? 0 : WildAddress(f);
  room[5] = Roll(f, 20) ? 0 : WildAddress(f);
  return (ULONG)room;
}

// Short, so that what waits goes on.
static ULONG Time(Fuzz* f) {
  return Roll(f, 8) ? Put(f, (ULONG) - (LONG)Roll(f, 3000), 0xFFFFFFFF)
                    : Put(f, Roll(f, 0x100000), 0);
}

static ULONG Filled(Fuzz* f, ULONG size) {
  ULONG* room = (ULONG*)Room(f, size);
  for (ULONG i = 0; i < size / 4 && (UCHAR*)(room + i + 1) <= f->arena + ARENA; ++i) {
    room[i] = Roll(f, 3) ? Number(f) : Roll(f, 2) ? (ULONG)f->arena + Roll(f, ARENA) : AnyHandle(f);
  }
  return (ULONG)room;
}

static ULONG AnyContext(Fuzz* f) {
  CONTEXT* context = (CONTEXT*)Filled(f, sizeof(CONTEXT));
  if ((UCHAR*)(context + 1) <= f->arena + ARENA && Roll(f, 4)) {
    context->ContextFlags = 0x10000 | Roll(f, 0x40);
  }
  return (ULONG)context;
}

static ULONG AttributeList(Fuzz* f) {
  const ULONG count = Roll(f, 4), size = 4 + 16 * count;
  ULONG* room = (ULONG*)Filled(f, size);
  if ((UCHAR*)room + size <= f->arena + ARENA && Roll(f, 8)) {
    room[0] = size;
    for (ULONG i = 0; i < count; ++i) {
      room[1 + 4 * i] = 0x10000 | Roll(f, 24) | Roll(f, 4) << 16;
      room[2 + 4 * i] = Roll(f, 64);
      room[3 + 4 * i] = Roll(f, 2) ? Name(f) : AnyHandle(f);
    }
  }
  return (ULONG)room;
}

static ULONG Argument(Fuzz* f, char kind) {
  static const ULONG protections[] = {1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0x104, 0x102, 0x204};
  static const ULONG allocations[] = {0x1000,   0x2000,    0x3000,    0x4000,    0x8000, 0x80000,
                                      0x101000, 0x8000000, 0x1000000, 0x4000000, 0};
  static const ULONG masks[] = {0x1F0FFF,   0x1FFFFF, 0x2000000, 0x80000000, 0x40000000,
                                0x10000000, 0x1F0003, 0xF001F,   0x100000,   0x120089,
                                0x120116,   1,        2,         0};
  if (Roll(f, 24) == 0) kind = 'x';
  switch (kind) {
    case 'H':
      return Put(f, 0, 0);
    case 'h':
      return AnyHandle(f);
    case 'A':
      return Roll(f, 8) ? CHOOSE(f, masks) : Number(f);
    case 'O':
      return Roll(f, 16) ? Attributes(f) : 0;
    case 'u':
      return Name(f);
    case 'L':
      return Roll(f, 16) ? Time(f) : Put(f, Number(f), Number(f));
    case 'I':
      return Put(f, 0, 0);
    case 'p':
      return Filled(f, 64 << Roll(f, 3));
    case 'n':
      return Roll(f, 4) ? Roll(f, 0x200) : Number(f);
    case 'r':
      return Roll(f, 2) ? Put(f, 0, 0) : 0;
    case 'c':
      return Roll(f, 70);
    case 'b':
      return Roll(f, 2);
    case 'z':
      return Roll(f, 16) ? 0 : Number(f);
    case 'a':
      return Put(f, Roll(f, 4) ? FieldAddress(f) : 0, 0);
    case 's':
      return Put(f, Roll(f, 8) ? Roll(f, 16) * PAGE_SIZE : Number(f), 0);
    case 'P':
      return Roll(f, 8) ? CHOOSE(f, protections) : Number(f);
    case 'T':
      return Roll(f, 8) ? CHOOSE(f, allocations) : Number(f);
    case 'F':
      return Roll(f, 2) ? 0 : (ULONG)f->code;
    case 'C':
      return AnyContext(f);
    case 'X':
      return Filled(f, 80);
    case 'v':
      return FieldAddress(f);
    case 'i':
      return Put(f, Roll(f, 2) ? f->process : Roll(f, 256) * 4,
                 Roll(f, 2) ? f->thread : Roll(f, 256) * 4);
    case 'M':
      return Filled(f, 64 * 4);
    case 'm':
      return Roll(f, 16) ? Roll(f, 10) : Number(f);
    case 'l':
      return Roll(f, 2) ? AttributeList(f) : 0;
    default:
      switch (Roll(f, 4)) {
        case 0:
          return AnyHandle(f);
        case 1:
          return WildAddress(f);
        case 2:
          return Filled(f, 64);
        default:
          return Number(f);
      }
  }
}

static int Contains(const char* name, const char* part) {
  for (; *name; ++name) {
    ULONG i = 0;
    while (part[i] && name[i] == part[i]) ++i;
    if (!part[i]) return 1;
  }
  return 0;
}

static int IsSelf(ULONG handle) { return handle == 0 || handle >= 0xFFFFFFF0; }

// Would the call, as it is, rightly end this program, or stop it for ever? Few such calls are let through.
static int Spare(Fuzz* f, const char* name, const char* kinds, ULONG* arguments) {
  const int waits = Contains(name, "Wait") || Contains(name, "Delay") || Contains(name, "Remove") ||
                    Contains(name, "KeyedEvent");
  for (ULONG i = 0; kinds[i] && waits; ++i) {
    if (kinds[i] == 'L' && Roll(f, 500)) arguments[i] = Time(f);
  }
  if (Contains(name, "RtlExit") || Contains(name, "NtContinue") || Contains(name, "NtRaise") ||
      StringsEqual(name, "NtSetContextThread")) {
    return Roll(f, 500) != 0;
  }
  if (Contains(name, "Terminate") || Contains(name, "Suspend")) {
    return IsSelf(arguments[0]) || Roll(f, 20) != 0;
  }
  if (Contains(name, "QueueApc")) return arguments[1] != (ULONG)f->code && Roll(f, 500) != 0;
  if (Contains(name, "VirtualMemory") || Contains(name, "UnmapView")) {
    // Wild ones hit this program's own pages.
    const ULONG base =
        Contains(name, "UnmapView") ? arguments[1]
        : arguments[1] >= (ULONG)f->arena && arguments[1] < (ULONG)f->arena + ARENA - 4
            ? *(ULONG*)arguments[1]
            : 0;
    const int in_field = base >= (ULONG)f->field && base < (ULONG)f->field + FIELD;
    return !in_field && !Contains(name, "Query") && !Contains(name, "Allocate") &&
           Roll(f, 300) != 0;
  }
  return 0;
}

static NTSTATUS Invoke(ULONG number, const ULONG* arguments, ULONG count, ULONG returns) {
  NTSTATUS status;
  __asm__ volatile(
      "movl %%esp, %%ebx\n"
      "leal (%%esi,%%ecx,4), %%esi\n"
      "1: testl %%ecx, %%ecx\n"
      "jz 2f\n"
      "subl $4, %%esi\n"
      "pushl (%%esi)\n"
      "decl %%ecx\n"
      "jmp 1b\n"
      "2: pushl $0\n"
      "testl %%edi, %%edi\n"
      "jz 3f\n"
      "pushl $0\n"
      "3: int $0x2e\n"
      "movl %%ebx, %%esp\n"
      : "=a"(status), "+S"(arguments), "+c"(count), "+D"(returns)
      : "a"(number)
      : "ebx", "edx", "memory", "cc");
  return status;
}

// The pool takes what came back, and what it held there goes.
static void Keep(Fuzz* f, HANDLE handle) {
  const ULONG at = Roll(f, HANDLES);
  if (IsStandard(handle)) return;
  if (f->handles[at]) NtClose(f->handles[at]);
  f->handles[at] = handle;
}

// Was it made?
static int OneCall(Fuzz* f, ULONG returns) {
  ULONG arguments[MOST_ARGUMENTS] = {0};
  const ULONG number = Roll(f, COUNT_OF(kernel_calls));
  const KernelCall* call = &kernel_calls[number];
  const char* kinds = f->of[number];
  for (ULONG i = 0; i < call->arguments; ++i) arguments[i] = Argument(f, kinds[i]);
  if (Spare(f, call->name, kinds, arguments)) return 0;
  const NTSTATUS status = Invoke(OWN_CALL_NUMBERS + number, arguments, call->arguments, returns);
  for (ULONG i = 0; i < call->arguments && status >= 0; ++i) {
    const ULONG at = arguments[i] - (ULONG)f->arena;
    if (kinds[i] == 'H' && at < ARENA - 4 && *(HANDLE*)arguments[i])
      Keep(f, *(HANDLE*)arguments[i]);
  }
  return 1;
}

static void LearnSignatures(Fuzz* f) {
  static const char unknown[] = "xxxxxxxxxxxx";
  for (ULONG i = 0; i < COUNT_OF(kernel_calls); ++i) {
    f->of[i] = unknown + sizeof(unknown) - 1 - kernel_calls[i].arguments;
    for (ULONG j = 0; j < COUNT_OF(signatures); ++j) {
      if (!StringsEqual(signatures[j].name, kernel_calls[i].name)) continue;
      if (strlen(signatures[j].arguments) == kernel_calls[i].arguments)
        f->of[i] = signatures[j].arguments;
    }
  }
}

static void* Reserve(ULONG size, ULONG type) {
  void* base = NULL;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, type, PAGE_READWRITE) < 0) Exit(3);
  return base;
}

// A thread that wakes whoever waits for something that never comes, and ends what cannot be woken.
typedef struct {
  volatile ULONG progress;
  HANDLE thread;
} Watched;
static ULONG NTAPI Watch(void* argument) {
  Watched* const watched = argument;
  ULONG last = 0, still = 0;
  LONGLONG pause = -100000;
  for (;;) {
    NtDelayExecution(0, &pause);
    still = watched->progress == last ? still + 1 : 0;
    last = watched->progress;
    if (still > 2) {
      NtAlertThread(watched->thread);
      NtResumeThread(watched->thread, NULL);
    }
    if (still > 10) Abort(4);
  }
}

int GuestMain(void) {
  static Fuzz f;
  static Watched watched;
  Arguments arguments;
  HANDLE watch;
  GetArguments(&arguments);
  if (arguments.count < 3) return 2;
  const ULONG calls = ParseNumber(arguments.item[2]);
  const ULONG returns = arguments.count > 3 && StringsEqual(arguments.item[3], "own") ? 0 : 1;
  f.state = ParseNumber(arguments.item[1]) * 2654435761u + 1;
  f.arena = Reserve(ARENA, MEM_RESERVE | MEM_COMMIT);
  f.field = Reserve(FIELD, MEM_RESERVE);
  f.code = Reserve(PAGE_SIZE, MEM_RESERVE | MEM_COMMIT);
  f.code[0] = 0xC2;  // ret 12
  f.code[1] = 12;
  ULONG old, size = PAGE_SIZE;
  void* base = f.code;
  NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, PAGE_EXECUTE_READ, &old);
  LearnSignatures(&f);
  NtDuplicateObject(CURRENT_PROCESS, CURRENT_THREAD, CURRENT_PROCESS, &watched.thread, 0, 0, 2);
  NtCreateThreadEx(&watch, THREAD_ALL_ACCESS, NULL, CURRENT_PROCESS, Watch, &watched, 0, 0, 0, 0,
                   NULL);
  for (ULONG made = 0; made < calls;) {
    if (!OneCall(&f, returns)) continue;
    ++watched.progress;
    if (++made % DOTS == 0) WriteAll(StandardOutput(), ".", 1);
  }
  Abort(0);
}
