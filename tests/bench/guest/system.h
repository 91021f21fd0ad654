// What the measured operations ask of a system: the same calls over NT's interface (system_nt.c) and
// over Linux's (system_linux.c), so that the rows (*_rows.c) are one text for both.
// Invariants: nothing here measures. A call that fails ends the program with a message: no row is
// measured on half of its work. Each call is one system call of the system's own, if there is one.
#pragma once

#define PAGE 4096u
#define LARGE_FILE_PAGES 4096u  ///< FILE0.BIN and its like: 16 MiB.
#define IMAGE_PAGES 1024u       ///< The table in IMAGE.DLL.

typedef unsigned char Byte;
typedef unsigned long long Cycles;
typedef struct FileOfSystem* File;
typedef struct ProcessOfSystem* Process;

/// One for each instruction, under the options that tools/bench gives QEMU; goes on in HLT.
static inline Cycles Clock(void) {
  unsigned low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
  return (Cycles)high << 32 | low;
}

/// Marks that the instruction counter (tests/bench/plugin) sees: no-ops that nobody else uses.
#define MARK(number) \
  __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n.long 0x464c0000 + " #number ::: "memory")
#define MARK_BEGIN() MARK(1)
#define MARK_END() MARK(2)
#define MARK_PROGRAM() MARK(3)  ///< The program's first line.
#define MARK_TIMED() MARK(4)    ///< Ends what the clock measures: for tools/profile alone.

void Say(const char* text);
void __attribute__((noreturn)) Fail(const char* what, unsigned status);

// Memory of the process's own: zero, committed, for reading and writing.
void* MapMemory(unsigned pages);
void UnmapMemory(void* base, unsigned pages);
typedef enum { kNoAccess, kReadOnly, kReadWrite } PageAccess;
void ProtectPages(void* base, unsigned pages, PageAccess access);

// Files of the disk's root. Positions move with reading.
File OpenFile(const char* name);
void CloseFile(File file);
unsigned ReadFile(File file, void* buffer, unsigned size);
/// kForReading: shared with all. kForCopying: what is written becomes the process's own. `first` is a
/// multiple of 16. One page for each fault (kStrict) is Linux's advice; Faultline is booted that way.
typedef enum { kForReading, kForCopying } Sharing;
typedef enum { kAsUsual, kStrict } Clustering;
void* MapFile(File file, unsigned first, unsigned pages, Sharing sharing, Clustering clustering);
void UnmapFile(void* base, unsigned pages);
/// The table in IMAGE.DLL: mapped as a program's, written pages become the process's own.
Byte* MapImageTable(void);
/// Forgets what the file cache holds, where the system can.
void DropCaches(void);
/// Read requests and sectors of the disk so far; 0 where only the outside can tell (system_nt.c).
typedef struct {
  unsigned reads, sectors;
} DiskCounts;
DiskCounts CountDisk(void);

// Processes.
Process StartRow(const char* row);
Process StartNothing(void);  ///< The smallest program there is.
void AwaitProcess(Process process);
void YieldProcessor(void);
void Pause(unsigned milliseconds);
/// A page that all processes of this program share.
volatile unsigned* SharedPage(void);

/// The cheapest system call, in the ways there are of making one.
void NullCall(void);
/// Null where the system has no second way.
extern void (*const kFastNullCall)(void);
