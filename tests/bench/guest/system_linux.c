// system.h over Linux's calls, without a library. The program is the machine's /init too: process 1
// loads the modules that lie in its initial RAM disk, mounts the disk, measures and ends the machine.
#include "bench.h"
#include "linux.h"
#include "system.h"

enum { kOutputPort = 0xE9, kExitPort = 0xF4 };  // As for Faultline: tools/lib/machine.py.

void (*fast_call)(void);
static void FastNullCall(void) {
  int result;
  __asm__ volatile("call *%1" : "=a"(result) : "m"(fast_call), "a"(kSysGetppid) : "memory");
}
void (*const kFastNullCall)(void) = FastNullCall;

// What the compiler may call of its own accord.
void* memset(void* to, int value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) ((volatile Byte*)to)[i] = (Byte)value;
  return to;
}

static unsigned Length(const char* text) {
  unsigned length = 0;
  while (text[length]) ++length;
  return length;
}

static int Open(const char* path, int flags) {
  return Call(kSysOpen, (unsigned)path, (unsigned)flags, 0600, 0, 0);
}

// Not by iopl: it makes each switch of a process that has it dearer.
static void Out(unsigned port, const char* bytes, unsigned size) {
  static int ports = -1;
  if (ports < 0) ports = Open("/dev/port", kReadWriteFile);
  for (unsigned i = 0; i < size; ++i) {
    Call(kSysPwrite64, (unsigned)ports, (unsigned)(bytes + i), 1, port, 0);
  }
}

void Say(const char* text) { Out(kOutputPort, text, Length(text)); }

static void EndMachine(int status) {
  const char byte = (char)status;
  Out(kExitPort, &byte, 1);
}

void Fail(const char* what, unsigned status) {
  char number[] = " 0x00000000\n";
  for (unsigned i = 0; i < 8; ++i) number[3 + i] = "0123456789abcdef"[status >> (28 - 4 * i) & 15];
  Say(what);
  Say(number);
  EndMachine(3);
  for (;;) Call(kSysExit, 3, 0, 0, 0, 0);
}

static int Need(int result, const char* what) {
  if (result < 0 && result > -4096) Fail(what, (unsigned)-result);
  return result;
}

void* MapMemory(unsigned pages) {
  void* base = Mmap(pages * PAGE, kProtRead | kProtWrite, kMapPrivate | kMapAnonymous, -1, 0);
  Need((int)base, "mmap");
  return base;
}

static void Unmap(void* base, unsigned pages) {
  Need(Call(kSysMunmap, (unsigned)base, pages * PAGE, 0, 0, 0), "munmap");
}
void UnmapMemory(void* base, unsigned pages) { Unmap(base, pages); }
void UnmapFile(void* base, unsigned pages) { Unmap(base, pages); }

void ProtectPages(void* base, unsigned pages, PageAccess access) {
  static const int kProtection[] = {kProtNone, kProtRead, kProtRead | kProtWrite};
  Need(Call(kSysMprotect, (unsigned)base, pages * PAGE, (unsigned)kProtection[access], 0, 0),
       "mprotect");
}

File OpenFile(const char* name) {
  char path[64] = "/disk/";
  for (unsigned i = 0; i <= Length(name) && i < sizeof(path) - 7; ++i) path[6 + i] = name[i];
  return (File)Need(Open(path, kReadOnlyFile), name);
}

void CloseFile(File file) { Call(kSysClose, (unsigned)file, 0, 0, 0, 0); }

unsigned ReadFile(File file, void* buffer, unsigned size) {
  return (unsigned)Need(Call(kSysRead, (unsigned)file, (unsigned)buffer, size, 0, 0), "read");
}

void* MapFile(File file, unsigned first, unsigned pages, Sharing sharing, Clustering clustering) {
  const int copies = sharing == kForCopying;
  void* base = Mmap(pages * PAGE, copies ? kProtRead | kProtWrite : kProtRead,
                    copies ? kMapPrivate : kMapShared, (int)file, first);
  Need((int)base, "mmap");
  if (clustering == kStrict) {
    Need(Call(kSysMadvise, (unsigned)base, pages * PAGE, kMadviseRandom, 0, 0), "madvise");
  }
  return base;
}

// Linux knows no images: a program's pages are pages of its file, mapped privately.
Byte* MapImageTable(void) {
  File file = OpenFile("IMAGE.DLL");
  Byte* base = MapFile(file, 0, IMAGE_PAGES, kForCopying, kStrict);
  CloseFile(file);
  return base;
}

void DropCaches(void) {
  const int file = Need(Open("/proc/sys/vm/drop_caches", kWriteOnlyFile), "drop_caches");
  Need(Call(kSysWrite, (unsigned)file, (unsigned)"3", 1, 0, 0), "drop_caches");
  CloseFile((File)file);
}

// The first fields: reads, merged reads, sectors read (Documentation/admin-guide/iostats.rst).
DiskCounts CountDisk(void) {
  char text[256];
  const int file = Need(Open("/sys/block/sda/stat", kReadOnlyFile), "the disk's figures");
  const int size = Need(Call(kSysRead, (unsigned)file, (unsigned)text, sizeof(text), 0, 0), "stat");
  CloseFile((File)file);
  unsigned field[3] = {0, 0, 0}, at = 0, digits = 0;
  for (int i = 0; i < size && at < 3; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      field[at] = field[at] * 10 + (unsigned)(text[i] - '0');
      ++digits;
    } else if (digits) {
      ++at;
      digits = 0;
    }
  }
  return (DiskCounts){field[0], field[2]};
}

// The child borrows this stack until it is another program: nothing may return in it.
static Process Start(const char* path, const char* argument) {
  const char* const arguments[] = {path, argument, 0};
  const char* const environment[] = {0};
  const int id = Call(kSysVfork, 0, 0, 0, 0, 0);
  if (id == 0) {
    Call(kSysExecve, (unsigned)path, (unsigned)arguments, (unsigned)environment, 0, 0);
    Call(kSysExit, 127, 0, 0, 0, 0);
  }
  return (Process)Need(id, "vfork");
}

Process StartRow(const char* row) { return Start("/disk/bench", row); }
Process StartNothing(void) { return Start("/disk/nothing", 0); }

void AwaitProcess(Process process) {
  int status = -1;
  Need(Call(kSysWait4, (unsigned)process, (unsigned)&status, 0, 0, 0), "wait4");
  if (status != 0) Fail("a child's status", (unsigned)status);
}

void YieldProcessor(void) { Call(kSysSchedYield, 0, 0, 0, 0, 0); }

void Pause(unsigned milliseconds) {
  const unsigned time[2] = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  Call(kSysNanosleep, (unsigned)time, 0, 0, 0, 0);
}

volatile unsigned* SharedPage(void) {
  const int file = Need(Open("/shared", kReadWriteFile | kCreateFile), "open");
  Need(Call(kSysFtruncate, (unsigned)file, PAGE, 0, 0, 0), "ftruncate");
  void* base = Mmap(PAGE, kProtRead | kProtWrite, kMapShared, file, 0);
  Need((int)base, "mmap");
  return base;
}

void NullCall(void) { Call(kSysGetppid, 0, 0, 0, 0, 0); }

static void Mount(const char* what, const char* where, const char* kind, unsigned flags) {
  Call(kSysMkdir, (unsigned)where, 0755, 0, 0, 0);
  Need(Call(kSysMount, (unsigned)what, (unsigned)where, (unsigned)kind, flags, 0), kind);
}

static void LoadModules(void) {
  char name[] = "/modules/00.ko";
  for (unsigned i = 0; i < 100; ++i) {
    name[9] = (char)('0' + i / 10);
    name[10] = (char)('0' + i % 10);
    const int file = Open(name, kReadOnlyFile);
    if (file < 0) return;
    Need(Call(kSysFinitModule, (unsigned)file, (unsigned)"", 0, 0, 0), name);
    CloseFile((File)file);
  }
}

static void BecomeInit(void) {
  Mount("dev", "/dev", "devtmpfs", 0);
  Mount("proc", "/proc", "proc", 0);
  Mount("sys", "/sys", "sysfs", 0);
  LoadModules();
  for (unsigned i = 0; i < 1000; ++i) {  // The disk is found in the background.
    const int disk = Open("/dev/sda", kReadOnlyFile);
    if (disk >= 0) {
      CloseFile((File)disk);
      break;
    }
    Pause(10);
  }
  Mount("/dev/sda", "/disk", "vfat", kMountReadOnly);
}

// `stack`: the count, the arguments, 0, the environment, 0, the auxiliary vector.
__attribute__((used)) void LinuxMain(unsigned* stack) {
  MARK_PROGRAM();
  unsigned* at = stack + stack[0] + 2;
  while (*at) ++at;
  for (++at; at[0]; at += 2) {
    if (at[0] == kAuxiliarySysinfo) fast_call = (void (*)(void))at[1];
  }
  const int is_init = Call(kSysGetppid, 0, 0, 0, 0, 0) == 0;
  if (is_init) BecomeInit();
  // Process 1 also gets the words of the kernel's command line that the kernel did not know, first.
  char* const* rows = (char* const*)stack + 2;
  if (is_init) {
    while (*rows && **rows != '-') ++rows;
    if (*rows) ++rows;
  }
  int count = 0;
  while (rows[count]) ++count;
  const int status = MeasureRows(count, rows);
  if (is_init) EndMachine(status);
  Call(kSysExit, (unsigned)status, 0, 0, 0, 0);
}

__asm__(
    ".globl _start\n"
    "_start:\n"
    "  xorl %ebp, %ebp\n"
    "  movl %esp, %eax\n"
    "  andl $-16, %esp\n"
    "  subl $12, %esp\n"
    "  pushl %eax\n"
    "  call LinuxMain\n");
