// isolation [ACT [ARGUMENT]]: one attack on the kernel or on other processes; without an argument, all of
// them, each in a process of its own, with a line "ACT ARGUMENT EXIT-STATUS" each.
#include "isolation.h"

static const Act* const tables[] = {processor_acts, segment_acts, memory_acts, frame_acts,
                                    call_acts,      output_acts,  flip_acts,   thread_acts};

// Acts that are tried on many addresses, or with many interrupt numbers.
static const ULONG addresses[] = {0,          0xFFFC,     0x7FFF0000, 0x7FFFFFFE, 0x80000000,
                                  0x80100000, 0xBFFFFFFC, 0xC0000000, 0xFDC00000, 0xFFFFFFFC};
static const ULONG vectors[] = {0,    1,    2,    5,    6,    7,    8,    10,   11,   12,
                                13,   14,   16,   17,   18,   19,   0x20, 0x2A, 0x2C, 0x2D,
                                0x2F, 0x40, 0x41, 0x44, 0x4E, 0x4F, 0x50, 0x80, 0xFF};

void* Commit(ULONG size, ULONG protection) {
  void* base = NULL;
  const NTSTATUS status = NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size,
                                                  MEM_RESERVE | MEM_COMMIT, protection);
  if (status < 0) Exit((ULONG)status);
  return base;
}

void* CommitBefore(ULONG pages) {
  void* base = NULL;
  ULONG size = (pages + 1) * PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READWRITE) < 0) {
    Exit(2);
  }
  size = pages * PAGE_SIZE;
  if (NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE) < 0) {
    Exit(2);
  }
  return base;
}

HANDLE OpenFile(const char* path) {
  HANDLE file;
  return OpenForReading(&file, path) < 0 ? NULL : file;
}

UCHAR* MapFile(HANDLE file, ULONG attributes, ULONG protection) {
  HANDLE section;
  void* base = NULL;
  ULONG size = 0;
  if (NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, protection, attributes, file) < 0 ||
      NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewShare, 0,
                         protection) < 0) {
    Exit(2);
  }
  return base;
}

NTSTATUS MakeRoomBesideFiles(void) {
  HANDLE directory;
  OBJECT_ATTRIBUTES attributes;
  WideText name;
  InitAttributes(&attributes, Widen(&name, "\\Device\\HarddiskVolume1"));
  return NtCreateDirectoryObject(&directory, 0xF000F, &attributes);
}

ULONG CallNumber(const void* stub) { return *(const ULONG*)((const UCHAR*)stub + 1); }

ULONG Broken(int line, const char* what) {
  Print(what);
  PrintLine(" does not hold: line", (ULONG)line);
  return BROKEN;
}

static ULONG RunChild(const char* name, ULONG argument) {
  static const char digits[] = "0123456789abcdef";
  char line[64];
  unsigned int used = strlen(name);
  memcpy(line, name, used);
  memcpy(line + used, " 0x", 3);
  used += 3;
  for (int shift = 28; shift >= 0; shift -= 4) line[used++] = digits[argument >> shift & 15];
  line[used] = 0;
  HANDLE process;
  const NTSTATUS status = StartSelf(&process, line);
  return status < 0 ? (ULONG)status : WaitForExit(process);
}

static void Try(const char* name, ULONG argument) {
  const ULONG result = RunChild(name, argument);
  Print(name);
  Print(" ");
  PrintHex(argument);
  Print(" ");
  PrintHex(result);
  Print("\n");
}

static void TryOnAll(const char* name, const ULONG* arguments, unsigned int count) {
  for (unsigned int i = 0; i < count; ++i) Try(name, arguments[i]);
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  const char* const wanted = arguments.count > 1 ? arguments.item[1] : NULL;
  const ULONG argument = arguments.count > 2 ? ParseNumber(arguments.item[2]) : 0;
  for (unsigned int i = 0; i < COUNT_OF(tables); ++i) {
    for (const Act* act = tables[i]; act->name; ++act) {
      if (wanted) {
        if (StringsEqual(wanted, act->name)) return (int)act->act(argument);
      } else if (act->name[0] == '_') {
        continue;
      } else if (StringsEqual(act->name, "read") || StringsEqual(act->name, "write") ||
                 StringsEqual(act->name, "jump")) {
        TryOnAll(act->name, addresses, COUNT_OF(addresses));
      } else if (StringsEqual(act->name, "int")) {
        TryOnAll(act->name, vectors, COUNT_OF(vectors));
      } else {
        Try(act->name, 0);
      }
    }
  }
  return wanted ? 2 : 0;
}
