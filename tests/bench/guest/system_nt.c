// system.h over NT's calls.
#include "bench.h"
#include "guest.h"
#include "system.h"

void (*const kFastNullCall)(void) = NULL;

int GuestMain(void) {
  MARK_PROGRAM();
  Arguments arguments;
  GetArguments(&arguments);
  return MeasureRows(arguments.count - 1, arguments.item + 1);
}

void Say(const char* text) { Print(text); }

void Fail(const char* what, unsigned status) {
  PrintLine(what, status);
  Exit(3);
}

static void Need(NTSTATUS status, const char* what) {
  if (status < 0) Fail(what, (unsigned)status);
}

void* MapMemory(unsigned pages) {
  void* base = NULL;
  ULONG size = pages * PAGE;
  Need(NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE | MEM_COMMIT,
                               PAGE_READWRITE),
       "NtAllocateVirtualMemory");
  return base;
}

void UnmapMemory(void* base, unsigned pages) {
  (void)pages;
  ULONG size = 0;
  Need(NtFreeVirtualMemory(CURRENT_PROCESS, &base, &size, MEM_RELEASE), "NtFreeVirtualMemory");
}

void ProtectPages(void* base, unsigned pages, PageAccess access) {
  static const ULONG kProtect[] = {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE};
  ULONG size = pages * PAGE, old;
  Need(NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, kProtect[access], &old),
       "NtProtectVirtualMemory");
}

File OpenFile(const char* name) {
  char path[64] = "C:\\";
  unsigned length = strlen(name);
  if (length + 4 > sizeof(path)) Fail("a long name", length);
  memcpy(path + 3, name, length + 1);
  HANDLE file;
  Need(OpenForReading(&file, path), name);
  return (File)file;
}

void CloseFile(File file) { Need(NtClose((HANDLE)file), "NtClose"); }

unsigned ReadFile(File file, void* buffer, unsigned size) {
  IO_STATUS_BLOCK io;
  const NTSTATUS status = NtReadFile((HANDLE)file, NULL, NULL, NULL, &io, buffer, size, NULL, NULL);
  if ((ULONG)status == STATUS_END_OF_FILE) return 0;
  Need(status, "NtReadFile");
  return io.Information;
}

static void* MapSection(File file, ULONG allocation, ULONG protect, LONGLONG offset, ULONG size) {
  HANDLE section;
  Need(NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, protect, allocation, (HANDLE)file),
       "NtCreateSection");
  void* base = NULL;
  Need(NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, &offset, &size, ViewUnmap, 0,
                          protect),
       "NtMapViewOfSection");
  Need(NtClose(section), "NtClose");
  return base;
}

void* MapFile(File file, unsigned first, unsigned pages, Sharing sharing, Clustering clustering) {
  (void)clustering;
  const ULONG protect = sharing == kForCopying ? PAGE_WRITECOPY : PAGE_READONLY;
  return MapSection(file, SEC_COMMIT, protect, (LONGLONG)first * PAGE, pages * PAGE);
}

void UnmapFile(void* base, unsigned pages) {
  (void)pages;
  Need(NtUnmapViewOfSection(CURRENT_PROCESS, base), "NtUnmapViewOfSection");
}

// The table is the section .table, the only one of its size; PE offsets: PE/COFF specification, 3.
Byte* MapImageTable(void) {
  File file = OpenFile("IMAGE.DLL");
  Byte* base = MapSection(file, SEC_IMAGE, PAGE_EXECUTE_WRITECOPY, 0, 0);
  CloseFile(file);
  const Byte* header = base + *(const ULONG*)(base + 0x3C);
  const unsigned sections = *(const USHORT*)(header + 6), optional = *(const USHORT*)(header + 20);
  const Byte* section = header + 24 + optional;
  for (unsigned i = 0; i < sections; ++i, section += 40) {
    if (*(const ULONG*)(section + 8) >= IMAGE_PAGES * PAGE)
      return base + *(const ULONG*)(section + 12);
  }
  Fail("IMAGE.DLL has no table", sections);
}

void DropCaches(void) {}

DiskCounts CountDisk(void) { return (DiskCounts){0, 0}; }

static Process Start(const char* path, const char* line) {
  HANDLE process;
  Need(StartProcess(&process, path, line), path);
  return (Process)process;
}

Process StartRow(const char* row) {
  char line[128] = "bench ";
  const unsigned length = strlen(row);
  if (length + 7 > sizeof(line)) Fail("a long name", length);
  memcpy(line + 6, row, length + 1);
  return Start("C:\\bench.exe", line);
}

Process StartNothing(void) { return Start("C:\\nothing.exe", "nothing"); }

void AwaitProcess(Process process) {
  Need(NtWaitForSingleObject((HANDLE)process, 0, NULL), "NtWaitForSingleObject");
  Need(NtClose((HANDLE)process), "NtClose");
}

void YieldProcessor(void) { NtYieldExecution(); }
void Pause(unsigned milliseconds) { Sleep(milliseconds); }

volatile unsigned* SharedPage(void) {
  WideText name;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&name, "\\BaseNamedObjects\\bench"));
  HANDLE section;
  LONGLONG size = PAGE;
  NTSTATUS status = NtCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size,
                                    PAGE_READWRITE, SEC_COMMIT, NULL);
  if ((ULONG)status == STATUS_OBJECT_NAME_COLLISION) {
    status = NtOpenSection(&section, SECTION_ALL_ACCESS, &attributes);
  }
  Need(status, "NtCreateSection");
  void* base = NULL;
  ULONG view_size = 0;
  Need(NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &view_size, ViewUnmap, 0,
                          PAGE_READWRITE),
       "NtMapViewOfSection");
  return base;  // The handle stays open: the name must last until the other has found it.
}

// With nobody else to run, a yield does nothing.
void NullCall(void) { NtYieldExecution(); }
