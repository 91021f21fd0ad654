// Linux's system calls for i386, made with int 0x80: numbers and structures from its manual pages.
#pragma once

enum {
  kSysExit = 1,
  kSysRead = 3,
  kSysWrite = 4,
  kSysOpen = 5,
  kSysClose = 6,
  kSysExecve = 11,
  kSysMount = 21,
  kSysMkdir = 39,
  kSysGetppid = 64,
  kSysMunmap = 91,
  kSysFtruncate = 93,
  kSysWait4 = 114,
  kSysMprotect = 125,
  kSysSchedYield = 158,
  kSysNanosleep = 162,
  kSysPwrite64 = 181,
  kSysVfork = 190,
  kSysMmap2 = 192,
  kSysMadvise = 219,
  kSysFinitModule = 350,
};

enum { kProtNone = 0, kProtRead = 1, kProtWrite = 2 };
enum { kMapShared = 1, kMapPrivate = 2, kMapAnonymous = 0x20 };
enum { kReadOnlyFile = 0, kWriteOnlyFile = 1, kReadWriteFile = 2, kCreateFile = 0x40 };
enum { kMadviseRandom = 1, kMountReadOnly = 1, kAuxiliarySysinfo = 32 };

static inline __attribute__((always_inline)) int Call(int number, unsigned a, unsigned b,
                                                      unsigned c, unsigned d, unsigned e) {
  int result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
                   : "memory");
  return result;
}

// mmap2 alone has six arguments, and the sixth is in ebp. The operand is read before the stack pointer,
// which may address it, has moved.
static inline void* Mmap(unsigned size, int protection, int flags, int file, unsigned page) {
  void* result;
  __asm__ volatile(
      "pushl %[page]\n\tpushl %%ebp\n\tmovl 4(%%esp), %%ebp\n\tint $0x80\n\t"
      "popl %%ebp\n\taddl $4, %%esp"
      : "=a"(result)
      : "a"(kSysMmap2), "b"(0), "c"(size), "d"(protection), "S"(flags), "D"(file), [page] "m"(page)
      : "memory");
  return result;
}
