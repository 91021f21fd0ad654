// isolation, frames: what memory holds that nobody has written to yet, and what lies behind the end of files
// on the disk: nothing of anybody's.
#include "isolation.h"

#define CHUNK (64 * PAGE_SIZE)
#define STALE 0xA5A5A5A5
#define SLACK_FILE "C:\\slack.bin"

static ULONG zeroed[16 * PAGE_SIZE / sizeof(ULONG)];

static int IsZero(const void* at, ULONG size) {
  const UCHAR* byte = at;
  for (; size && (ULONG)byte % 4; --size) {
    if (*byte++) return 0;
  }
  for (; size >= 4; size -= 4, byte += 4) {
    if (*(const ULONG*)byte) return 0;
  }
  for (; size; --size) {
    if (*byte++) return 0;
  }
  return 1;
}

static void* CommitChunk(void) {
  void* base = NULL;
  ULONG size = CHUNK;
  return NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                                 PAGE_READWRITE) < 0
             ? NULL
             : base;
}

// Writes a pattern to all the memory that can be had, and leaves it to whoever comes next.
static ULONG Fill(ULONG argument) {
  ULONG pages = 0;
  (void)argument;
  for (ULONG* chunk; (chunk = CommitChunk()); pages += CHUNK / PAGE_SIZE) {
    for (ULONG i = 0; i < CHUNK / sizeof(ULONG); ++i) chunk[i] = STALE;
  }
  return pages > 512 ? HELD : 2;
}

static ULONG Look(ULONG argument) {
  ULONG pages = 0;
  // The stack grows page by page; what lies a little below what was used is new.
  const ULONG top = (ULONG)&argument & ~(PAGE_SIZE - 1ul);
  for (ULONG page = 1; page < 24; ++page) {
    const UCHAR* bytes = (const UCHAR*)(top - page * PAGE_SIZE);
    (void)*(const volatile UCHAR*)(bytes + PAGE_SIZE - 1);
    if (page > 3 && !IsZero(bytes, PAGE_SIZE)) return BROKEN;
  }
  if (!IsZero(zeroed, sizeof(zeroed))) return BROKEN;
  HANDLE section;
  LONGLONG section_size = CHUNK;
  void* view = NULL;
  ULONG size = 0;
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &section_size, PAGE_READWRITE, SEC_COMMIT,
                      NULL) < 0 ||
      NtMapViewOfSection(section, CURRENT_PROCESS, &view, 0, 0, NULL, &size, ViewShare, 0,
                         PAGE_READWRITE) < 0) {
    return 2;
  }
  if (!IsZero(view, size)) return BROKEN;
  for (void* chunk; (chunk = CommitChunk()); pages += CHUNK / PAGE_SIZE) {
    if (!IsZero(chunk, CHUNK)) return BROKEN;
  }
  return pages > 512 ? HELD : 2;
}

static ULONG StaleFrames(ULONG argument) {
  (void)argument;
  for (int round = 0; round < 2; ++round) {
    HANDLE other;
    if (StartSelf(&other, "_fill") < 0 || WaitForExit(other) != HELD) return 2;
    if (StartSelf(&other, "_look") < 0) return 2;
    const ULONG result = WaitForExit(other);
    if (result != HELD) return result;
  }
  return HELD;
}

// Its own pages, given back and taken again.
static ULONG StaleOwnPages(ULONG argument) {
  UCHAR* base = CommitChunk();
  ULONG size = CHUNK;
  (void)argument;
  for (int round = 0; round < 3; ++round) {
    if (!IsZero(base, CHUNK)) return BROKEN;
    for (ULONG i = 0; i < CHUNK; ++i) base[i] = 0xA5;
    void* at = base;
    if (NtFreeVirtualMemory(CURRENT_PROCESS, &at, &size, MEM_DECOMMIT) < 0) return 2;
    if (NtAllocateVirtualMemory(CURRENT_PROCESS, &at, 0, &size, MEM_COMMIT, PAGE_READWRITE) < 0) {
      return 2;
    }
  }
  return HELD;
}

// ---- The processor's other registers --------------------------------------------------------------------

static int HasSse(void) {
  ULONG before, after, features;
  __asm__("pushfl; popl %0; movl %0, %1; xorl $0x200000, %1; pushl %1; popfl; pushfl; popl %1"
          : "=&r"(before), "=&r"(after)
          :
          : "cc");
  if (!((before ^ after) & 0x200000)) return 0;
  __asm__("cpuid" : "=d"(features) : "a"(1) : "ebx", "ecx");
  return features >> 25 & 1;
}

static ULONG FillRegisters(ULONG argument) {
  (void)argument;
  __asm__ volatile("fldpi; fldpi; fldpi; fldpi; fldpi; fldpi; fldpi; fldpi");
  if (HasSse()) {
    __asm__ volatile(
        "pushl $0xA5A5A5A5; movss (%%esp), %%xmm0; movss (%%esp), %%xmm7; popl %%eax" ::
            : "eax", "memory");
  }
  NtYieldExecution();
  return HELD;
}

static ULONG LookAtRegisters(ULONG argument) {
  UCHAR x87[108];
  UCHAR area[512 + 16];
  UCHAR* sse = (UCHAR*)(((ULONG)area + 15) & ~15ul);
  (void)argument;
  __asm__ volatile("fnsave %0" : "=m"(x87));
  if (*(USHORT*)(x87 + 8) != 0xFFFF || !IsZero(x87 + 28, 80)) return BROKEN;
  if (!HasSse()) return HELD;
  __asm__ volatile("fxsave (%0)" : : "r"(sse) : "memory");
  return IsZero(sse + 160, 128) ? HELD : BROKEN;
}

static ULONG StaleRegisters(ULONG argument) {
  HANDLE other;
  (void)argument;
  if (StartSelf(&other, "_fill-registers") < 0 || WaitForExit(other) != HELD) return 2;
  if (StartSelf(&other, "_look-at-registers") < 0) return 2;
  return WaitForExit(other);
}

// ---- The ends of files ----------------------------------------------------------------------------------

static ULONG SizeOf(HANDLE file) {
  IO_STATUS_BLOCK io;
  FILE_STANDARD_INFORMATION information;
  if (NtQueryInformationFile(file, &io, &information, sizeof(information),
                             FileStandardInformation) < 0) {
    Exit(2);
  }
  return (ULONG)information.EndOfFile;
}

// The test has filled the file's last sector and cluster with something else's bytes.
static ULONG SlackOfView(ULONG argument) {
  HANDLE file = OpenFile(SLACK_FILE);
  if (!file) return 2;
  const ULONG size = SizeOf(file) + argument;
  const UCHAR* view = MapFile(file, SEC_COMMIT, PAGE_READONLY);
  if (view[size - 1] == 0) return 2;
  return IsZero(view + size, PAGE_SIZE - size % PAGE_SIZE) ? HELD : BROKEN;
}

static ULONG SlackOfRead(ULONG argument) {
  UCHAR buffer[2 * PAGE_SIZE];
  HANDLE file = OpenFile(SLACK_FILE);
  IO_STATUS_BLOCK io;
  if (!file) return 2;
  LONGLONG offset = SizeOf(file) - 10 + argument;
  memset(buffer, 0xEE, sizeof(buffer));
  if (NtReadFile(file, NULL, NULL, NULL, &io, buffer, sizeof(buffer), &offset, NULL) < 0) return 2;
  if (io.Information != 10) return BROKEN;
  for (ULONG i = 10; i < sizeof(buffer); ++i) {
    if (buffer[i] != 0xEE) return BROKEN;
  }
  offset += 10;
  return NtReadFile(file, NULL, NULL, NULL, &io, buffer, 1, &offset, NULL) ==
                 (NTSTATUS)STATUS_END_OF_FILE
             ? HELD
             : BROKEN;
}

#define HEADER(base, offset) (*(const ULONG*)((base) + (offset)))

// A second view of this program, of which nothing has been written: behind the file's bytes of each section,
// and of the headers, there are zeros.
static ULONG SlackOfImage(ULONG argument) {
  Arguments own;
  GetArguments(&own);
  const UCHAR* base = MapFile(OpenFile(own.item[0]), SEC_IMAGE, PAGE_EXECUTE_READ) + argument;
  const UCHAR* pe = base + HEADER(base, 0x3C);
  const ULONG header_bytes = HEADER(pe, 0x54);
  if (!IsZero(base + header_bytes, PAGE_SIZE - header_bytes % PAGE_SIZE)) return BROKEN;
  const UCHAR* section = pe + 24 + *(const USHORT*)(pe + 20);
  ULONG checked = 0;
  for (ULONG i = 0; i < *(const USHORT*)(pe + 6); ++i, section += 40) {
    const ULONG virtual_size = HEADER(section, 8), at = HEADER(section, 12);
    const ULONG raw = HEADER(section, 16);
    const ULONG used = raw < virtual_size ? raw : virtual_size;
    const ULONG end = (virtual_size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1ul);
    // Between the section's size and the end of its raw data the file may hold anything of its own.
    const ULONG from = raw > used && raw < end ? raw : used;
    if (!IsZero(base + at + from, end - from)) return BROKEN;
    checked += end - from;
  }
  return checked > 0 ? HELD : 2;
}

const Act frame_acts[] = {
    {"stale-frames", StaleFrames},
    {"_fill", Fill},
    {"_look", Look},
    {"stale-own-pages", StaleOwnPages},
    {"stale-registers", StaleRegisters},
    {"_fill-registers", FillRegisters},
    {"_look-at-registers", LookAtRegisters},
    {"slack-of-view", SlackOfView},
    {"slack-of-read", SlackOfRead},
    {"slack-of-image", SlackOfImage},
    {NULL, NULL},
};
