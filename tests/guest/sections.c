// sections PATH: views of the data file PATH, shared memory between processes, write-copy views.
#include "guest.h"

#define SHARED_NAME "\\BaseNamedObjects\\sections"

static NTSTATUS Map(HANDLE section, ULONG protect, UCHAR** base, ULONG* size) {
  void* address = NULL;
  *size = 0;
  const NTSTATUS status = NtMapViewOfSection(section, CURRENT_PROCESS, &address, 0, 0, NULL, size,
                                             ViewUnmap, 0, protect);
  *base = address;
  return status;
}

static ULONG ProtectionOf(const void* address) {
  MEMORY_BASIC_INFORMATION region;
  region.Protect = 0;
  NtQueryVirtualMemory(CURRENT_PROCESS, address, MemoryBasicInformation, &region, sizeof(region),
                       NULL);
  return region.Protect;
}

static void TestFileViews(Tally* tally, const char* path) {
  HANDLE file = NULL, section = NULL;
  IO_STATUS_BLOCK io;
  FILE_STANDARD_INFORMATION standard;
  CHECK_STATUS(OpenForReading(&file, path), STATUS_SUCCESS);
  CHECK_STATUS(
      NtQueryInformationFile(file, &io, &standard, sizeof(standard), FileStandardInformation),
      STATUS_SUCCESS);
  const ULONG length = (ULONG)standard.EndOfFile;
  CHECK_STATUS(NtCreateSection(&section, SECTION_MAP_READ | SECTION_QUERY, NULL, NULL,
                               PAGE_READONLY, SEC_COMMIT, file),
               STATUS_SUCCESS);
  UCHAR *view = NULL, *copy = NULL, *none = NULL;
  ULONG size = 0, copy_size = 0, none_size = 0;
  CHECK_STATUS(Map(section, PAGE_READONLY, &view, &size), STATUS_SUCCESS);
  CHECK(size == ((length + PAGE_SIZE - 1) & ~(ULONG)(PAGE_SIZE - 1)));
  CHECK(((ULONG)view & 0xFFFF) == 0);
  CHECK(ProtectionOf(view) == PAGE_READONLY);

  // The view is the file, from its last byte backwards, and zeros after it.
  ULONG wrong = 0;
  for (ULONG at = 0; at < length;) {
    UCHAR buffer[1000];
    LONGLONG offset = at;
    if (NtReadFile(file, NULL, NULL, NULL, &io, buffer, sizeof(buffer), &offset, NULL) < 0) break;
    wrong += memcmp(buffer, view + at, io.Information) != 0;
    at += io.Information;
  }
  CHECK(wrong == 0);
  for (ULONG at = length; at < size; ++at) wrong += view[at] != 0;
  CHECK(wrong == 0);

  CHECK_STATUS(Map(section, PAGE_WRITECOPY, &copy, &copy_size), STATUS_SUCCESS);
  CHECK(ProtectionOf(copy) == PAGE_WRITECOPY);
  const UCHAR first = view[0];
  copy[0] = (UCHAR)(first + 1);
  CHECK(view[0] == first);
  CHECK(copy[0] == (UCHAR)(first + 1));
  CHECK(copy[1] == view[1]);
  CHECK(ProtectionOf(copy) == PAGE_READWRITE);

  CHECK_STATUS(Map(section, PAGE_READWRITE, &none, &none_size), STATUS_ACCESS_DENIED);
  void* anywhere = NULL;
  LONGLONG offset = PAGE_SIZE;
  ULONG wanted = 0;
  CHECK_STATUS(NtMapViewOfSection(section, CURRENT_PROCESS, &anywhere, 0, 0, &offset, &wanted,
                                  ViewUnmap, 0, PAGE_READONLY),
               STATUS_MAPPED_ALIGNMENT);
  anywhere = NULL;
  wanted = size + PAGE_SIZE;
  CHECK_STATUS(NtMapViewOfSection(section, CURRENT_PROCESS, &anywhere, 0, 0, NULL, &wanted,
                                  ViewUnmap, 0, PAGE_READONLY),
               STATUS_INVALID_VIEW_SIZE);
  HANDLE all_access = NULL;
  CHECK_STATUS(
      NtCreateSection(&all_access, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file),
      STATUS_SUCCESS);
  CHECK_STATUS(Map(all_access, PAGE_READWRITE, &none, &none_size), STATUS_SECTION_PROTECTION);
  CHECK_STATUS(NtClose(all_access), STATUS_SUCCESS);
  CHECK_STATUS(NtClose(section), STATUS_SUCCESS);
  CHECK_STATUS(NtClose(file), STATUS_SUCCESS);
  CHECK(view[size - 1] == copy[size - 1]);  // Views outlive the handles.
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, view + 123), STATUS_SUCCESS);
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, view), STATUS_NOT_MAPPED_VIEW);
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, copy), STATUS_SUCCESS);
}

static void TestRefusals(Tally* tally) {
  HANDLE section = NULL;
  LONGLONG size = PAGE_SIZE;
  CHECK_STATUS(
      NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READWRITE, SEC_COMMIT, NULL),
      STATUS_INVALID_PARAMETER_4);
  CHECK_STATUS(NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE, 0, NULL),
               STATUS_INVALID_PARAMETER_6);
  CHECK_STATUS(
      NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READONLY, SEC_IMAGE, NULL),
      STATUS_INVALID_FILE_FOR_SECTION);
  CHECK_STATUS(NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, 3, SEC_COMMIT, NULL),
               STATUS_INVALID_PAGE_PROTECTION);
  CHECK_STATUS(NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, &size, PAGE_READWRITE,
                               SEC_COMMIT, (HANDLE)0x7FFFFFF0),
               STATUS_INVALID_HANDLE);
  WideText name;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&name, "\\BaseNamedObjects\\nobody"));
  CHECK_STATUS(NtOpenSection(&section, SECTION_ALL_ACCESS, &attributes),
               STATUS_OBJECT_NAME_NOT_FOUND);
}

static NTSTATUS OpenShared(HANDLE* section) {
  WideText name;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&name, SHARED_NAME));
  return NtOpenSection(section, SECTION_ALL_ACCESS, &attributes);
}

// The other process: finds 1111 in the second page, leaves 2222 there.
static int RunOther(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  HANDLE section = NULL;
  UCHAR* view = NULL;
  ULONG size = 0;
  CHECK_STATUS(OpenShared(&section), STATUS_SUCCESS);
  CHECK_STATUS(Map(section, PAGE_READWRITE, &view, &size), STATUS_SUCCESS);
  if (the_tally.failures) return 1;
  volatile ULONG* word = (volatile ULONG*)(view + PAGE_SIZE);
  CHECK(*word == 1111);
  *word = 2222;
  return the_tally.failures ? 1 : 55;
}

static void TestSharedMemory(Tally* tally) {
  WideText name;
  OBJECT_ATTRIBUTES attributes;
  InitAttributes(&attributes, Widen(&name, SHARED_NAME));
  HANDLE section = NULL, second = NULL, process = NULL;
  LONGLONG size = 3 * PAGE_SIZE - 5;
  CHECK_STATUS(NtCreateSection(&section, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                               SEC_COMMIT, NULL),
               STATUS_SUCCESS);
  CHECK_STATUS(NtCreateSection(&second, SECTION_ALL_ACCESS, &attributes, &size, PAGE_READWRITE,
                               SEC_COMMIT, NULL),
               STATUS_OBJECT_NAME_COLLISION);
  UCHAR *one = NULL, *two = NULL, *copy = NULL;
  ULONG view_size = 0;
  CHECK_STATUS(Map(section, PAGE_READWRITE, &one, &view_size), STATUS_SUCCESS);
  CHECK(view_size == 3 * PAGE_SIZE);
  CHECK_STATUS(Map(section, PAGE_READONLY, &two, &view_size), STATUS_SUCCESS);
  CHECK_STATUS(Map(section, PAGE_WRITECOPY, &copy, &view_size), STATUS_SUCCESS);
  volatile ULONG* word = (volatile ULONG*)(one + PAGE_SIZE);
  volatile ULONG* same_word = (volatile ULONG*)(two + PAGE_SIZE);
  CHECK(*word == 0);
  *word = 1111;
  CHECK(*same_word == 1111);

  CHECK_STATUS(StartSelf(&process, "--other"), STATUS_SUCCESS);
  if (process) CHECK(WaitForExit(process) == 55);
  CHECK(*word == 2222);
  CHECK(*same_word == 2222);
  *(volatile ULONG*)(copy + PAGE_SIZE) = 3333;
  CHECK(*word == 2222);

  // The name goes with the last handle; the memory with the last view.
  CHECK_STATUS(NtClose(section), STATUS_SUCCESS);
  CHECK_STATUS(OpenShared(&section), STATUS_OBJECT_NAME_NOT_FOUND);
  CHECK(*same_word == 2222);
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, one), STATUS_SUCCESS);
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, two), STATUS_SUCCESS);
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, copy), STATUS_SUCCESS);
}

int GuestMain(void) {
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 2) return 2;
  if (StringsEqual(arguments.item[1], "--other")) return RunOther();
  Tally tally = {0, 0};
  TestFileViews(&tally, arguments.item[1]);
  TestRefusals(&tally);
  TestSharedMemory(&tally);
  return Report(&tally);
}
