// vmtest: NtAllocate-, NtFree-, NtProtect- and NtQueryVirtualMemory, as NT answers them.
// vmtest_faults.c has what needs pages to be touched.
#include "vmtest.h"

MEMORY_BASIC_INFORMATION Query(const void* address) {
  MEMORY_BASIC_INFORMATION region;
  memset(&region, 0xCC, sizeof(region));
  NtQueryVirtualMemory(CURRENT_PROCESS, address, MemoryBasicInformation, &region, sizeof(region),
                       NULL);
  return region;
}

NTSTATUS Allocate(void* base, ULONG size, ULONG type, ULONG protect, UCHAR** out) {
  ULONG got = size;
  const NTSTATUS status = NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &got, type, protect);
  if (out && status >= 0) *out = base;
  return status;
}

NTSTATUS Free(void* base, ULONG size, ULONG type) {
  return NtFreeVirtualMemory(CURRENT_PROCESS, &base, &size, type);
}

NTSTATUS Protect(void* base, ULONG size, ULONG protect, ULONG* old) {
  return NtProtectVirtualMemory(CURRENT_PROCESS, &base, &size, protect, old);
}

static void TestReserveAndCommit(Tally* tally) {
  void* base = NULL;
  ULONG size = 0x10001;
  CHECK_STATUS(
      NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_RESERVE, PAGE_READONLY),
      STATUS_SUCCESS);
  UCHAR* const start = base;
  CHECK(((ULONG)start & 0xFFFF) == 0);
  CHECK(size == 0x11000);
  MEMORY_BASIC_INFORMATION region = Query(start + 0x5678);
  CHECK(region.BaseAddress == start + 0x5000);
  CHECK(region.AllocationBase == start);
  CHECK(region.AllocationProtect == PAGE_READONLY);
  CHECK(region.RegionSize == 0xC000);
  CHECK(region.State == MEM_RESERVE);
  CHECK(region.Protect == 0);
  CHECK(region.Type == MEM_PRIVATE);

  // Three bytes across a page edge commit both pages.
  base = start + 0x2FFF;
  size = 3;
  CHECK_STATUS(
      NtAllocateVirtualMemory(CURRENT_PROCESS, &base, 0, &size, MEM_COMMIT, PAGE_READWRITE),
      STATUS_SUCCESS);
  CHECK(base == start + 0x2000);
  CHECK(size == 0x2000);
  region = Query(start + 0x3FFF);
  CHECK(region.BaseAddress == start + 0x3000);
  CHECK(region.RegionSize == 0x1000);
  region = Query(start + 0x2000);
  CHECK(region.RegionSize == 0x2000);
  CHECK(region.State == MEM_COMMIT);
  CHECK(region.Protect == PAGE_READWRITE);
  CHECK(region.AllocationProtect == PAGE_READONLY);
  CHECK(region.AllocationBase == start);
  CHECK(Query(start).RegionSize == 0x2000);
  CHECK(Query(start + 0x4000).RegionSize == 0xD000);
  CHECK(start[0x2000] == 0 && start[0x3FFF] == 0);
  start[0x2FFF] = 1;

  CHECK_STATUS(Allocate(start + 0x2000, 0x1000, MEM_COMMIT, PAGE_READWRITE, NULL), STATUS_SUCCESS);
  CHECK(start[0x2FFF] == 1);  // A page that was committed keeps its content.
  CHECK_STATUS(Free(start, 0, MEM_RELEASE), STATUS_SUCCESS);
  region = Query(start);
  CHECK(region.State == MEM_FREE);
  CHECK(region.Protect == PAGE_NOACCESS);
  CHECK(region.AllocationBase == NULL);
  CHECK(region.AllocationProtect == 0);
  CHECK(region.Type == 0);

  // A commit without an address reserves too.
  CHECK_STATUS(Allocate(NULL, 1, MEM_COMMIT, PAGE_READWRITE, (UCHAR**)&base), STATUS_SUCCESS);
  CHECK(Query(base).State == MEM_COMMIT);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
}

static void TestPlacement(Tally* tally) {
  // A walk by queries begins at address 0, though nothing can lie there.
  CHECK(Query(NULL).State == MEM_FREE);
  CHECK(Query(NULL).BaseAddress == NULL);
  UCHAR *low = NULL, *high = NULL;
  CHECK_STATUS(Allocate(NULL, 0x1000, MEM_RESERVE, PAGE_READWRITE, &low), STATUS_SUCCESS);
  CHECK_STATUS(Allocate(NULL, 0x1000, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE, &high),
               STATUS_SUCCESS);
  CHECK(high > low);
  CHECK(((ULONG)high & 0xFFFF) == 0);
  // A wish is rounded down to 64 KiB; the rest of the granule is not for others.
  UCHAR* fixed = NULL;
  CHECK_STATUS(Free(low, 0, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(Allocate(low + 0x1234, 0x1000, MEM_RESERVE, PAGE_READWRITE, &fixed), STATUS_SUCCESS);
  CHECK(fixed == low);
  CHECK(Query(low).RegionSize == 0x3000);  // From 0 to 0x2234, rounded up.
  CHECK_STATUS(Allocate(low, 0x1000, MEM_RESERVE, PAGE_READWRITE, NULL),
               STATUS_CONFLICTING_ADDRESSES);
  CHECK_STATUS(Free(low, 0, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(Free(high, 0, MEM_RELEASE), STATUS_SUCCESS);
}

static void TestRefusals(Tally* tally) {
  UCHAR* base = NULL;
  CHECK_STATUS(Allocate(NULL, 0, MEM_RESERVE, PAGE_READWRITE, NULL), STATUS_INVALID_PARAMETER_4);
  CHECK_STATUS(Allocate(NULL, 1, 0, PAGE_READWRITE, NULL), STATUS_INVALID_PARAMETER_5);
  CHECK_STATUS(Allocate(NULL, 1, MEM_RESERVE | 1, PAGE_READWRITE, NULL),
               STATUS_INVALID_PARAMETER_5);
  CHECK_STATUS(Allocate(NULL, 1, MEM_RESERVE, 0, NULL), STATUS_INVALID_PAGE_PROTECTION);
  CHECK_STATUS(Allocate(NULL, 1, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE, NULL),
               STATUS_INVALID_PAGE_PROTECTION);
  CHECK_STATUS(Allocate(NULL, 1, MEM_RESERVE, PAGE_WRITECOPY, NULL),
               STATUS_INVALID_PAGE_PROTECTION);
  CHECK_STATUS(Allocate((void*)0x80000000, 1, MEM_RESERVE, PAGE_READWRITE, NULL),
               STATUS_INVALID_PARAMETER_2);
  CHECK_STATUS(Allocate((void*)0x7FFE0000, 0x100000, MEM_RESERVE, PAGE_READWRITE, NULL),
               STATUS_INVALID_PARAMETER_4);
  ULONG size = 1;
  void* anywhere = NULL;
  CHECK_STATUS(
      NtAllocateVirtualMemory(CURRENT_PROCESS, &anywhere, 22, &size, MEM_RESERVE, PAGE_READWRITE),
      STATUS_INVALID_PARAMETER_3);
  CHECK_STATUS(
      NtAllocateVirtualMemory((HANDLE)0x7FFFFFF0, &anywhere, 0, &size, MEM_RESERVE, PAGE_READWRITE),
      STATUS_INVALID_HANDLE);
  CHECK_STATUS(NtAllocateVirtualMemory(CURRENT_PROCESS, (void**)0x80001000, 0, &size, MEM_RESERVE,
                                       PAGE_READWRITE),
               STATUS_ACCESS_VIOLATION);

  CHECK_STATUS(Allocate(NULL, 0x20000, MEM_RESERVE, PAGE_READWRITE, &base), STATUS_SUCCESS);
  CHECK_STATUS(Free(base + 0x10000, 0, MEM_RELEASE), STATUS_FREE_VM_NOT_AT_BASE);
  CHECK_STATUS(Free(base, 0x21000, MEM_RELEASE), STATUS_UNABLE_TO_FREE_VM);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE | MEM_DECOMMIT), STATUS_INVALID_PARAMETER_4);
  CHECK_STATUS(Free(base, 0, 0), STATUS_INVALID_PARAMETER_4);
  ULONG old = 0;
  CHECK_STATUS(Protect(base, 1, PAGE_READONLY, &old), STATUS_NOT_COMMITTED);
  // Half committed: refused as a whole, and nothing has changed.
  CHECK_STATUS(Allocate(base, 0x1000, MEM_COMMIT, PAGE_READWRITE, NULL), STATUS_SUCCESS);
  CHECK_STATUS(Protect(base, 0x2000, PAGE_READONLY, &old), STATUS_NOT_COMMITTED);
  CHECK(Query(base).Protect == PAGE_READWRITE);
  CHECK_STATUS(Protect(base, 1, PAGE_WRITECOPY, &old), STATUS_INVALID_PAGE_PROTECTION);
  CHECK_STATUS(Protect(base, 0, PAGE_READONLY, &old), STATUS_INVALID_PARAMETER_3);
  // Beyond the region's end.
  CHECK_STATUS(Allocate(base + 0x1F000, 0x2000, MEM_COMMIT, PAGE_READWRITE, NULL),
               STATUS_CONFLICTING_ADDRESSES);
  CHECK(Query(base + 0x1F000).State == MEM_RESERVE);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
  CHECK_STATUS(Protect(base, 1, PAGE_READONLY, &old), STATUS_CONFLICTING_ADDRESSES);
  CHECK_STATUS(Allocate(base, 0x1000, MEM_COMMIT, PAGE_READWRITE, NULL),
               STATUS_CONFLICTING_ADDRESSES);

  MEMORY_BASIC_INFORMATION region;
  CHECK_STATUS(NtQueryVirtualMemory(CURRENT_PROCESS, base, 99, &region, sizeof(region), NULL),
               STATUS_INVALID_INFO_CLASS);
  CHECK_STATUS(
      NtQueryVirtualMemory(CURRENT_PROCESS, base, MemoryBasicInformation, &region, 27, NULL),
      STATUS_INFO_LENGTH_MISMATCH);
  CHECK_STATUS(NtQueryVirtualMemory(CURRENT_PROCESS, (void*)0x80000000, MemoryBasicInformation,
                                    &region, sizeof(region), NULL),
               STATUS_INVALID_PARAMETER);
  CHECK_STATUS(Free((void*)((ULONG)GuestMain & ~0xFFFul), 0x1000, MEM_RELEASE),
               STATUS_UNABLE_TO_DELETE_SECTION);
}

static void TestSplitAndMerge(Tally* tally) {
  UCHAR* base = NULL;
  ULONG old = 0;
  CHECK_STATUS(Allocate(NULL, 0x8000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &base),
               STATUS_SUCCESS);
  CHECK_STATUS(Protect(base + 0x3000, 0x2000, PAGE_READONLY, &old), STATUS_SUCCESS);
  CHECK(old == PAGE_READWRITE);
  CHECK(Query(base).RegionSize == 0x3000);
  CHECK(Query(base + 0x3000).RegionSize == 0x2000);
  CHECK(Query(base + 0x3000).Protect == PAGE_READONLY);
  CHECK(Query(base + 0x5000).RegionSize == 0x3000);
  CHECK_STATUS(Protect(base + 0x2000, 0x2000, PAGE_READWRITE, &old), STATUS_SUCCESS);
  CHECK(old == PAGE_READWRITE);  // The first page's.
  CHECK_STATUS(Protect(base, 0x8000, PAGE_READWRITE, &old), STATUS_SUCCESS);
  CHECK(Query(base).RegionSize == 0x8000);

  base[0x4000] = 9;
  CHECK_STATUS(Free(base + 0x4000, 0x1000, MEM_DECOMMIT), STATUS_SUCCESS);
  CHECK(Query(base + 0x4000).State == MEM_RESERVE);
  CHECK(Query(base + 0x4000).RegionSize == 0x1000);
  CHECK_STATUS(Allocate(base + 0x4000, 0x1000, MEM_COMMIT, PAGE_READWRITE, NULL), STATUS_SUCCESS);
  CHECK(base[0x4000] == 0);  // Decommitted and committed again: a new page.

  // Release from the middle: two allocations stay.
  CHECK_STATUS(Free(base + 0x2000, 0x3000, MEM_RELEASE), STATUS_SUCCESS);
  CHECK(Query(base).RegionSize == 0x2000);
  CHECK(Query(base + 0x2000).State == MEM_FREE);
  CHECK(Query(base + 0x5000).State == MEM_COMMIT);
  CHECK(Query(base + 0x5000).RegionSize == 0x3000);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(Free(base + 0x5000, 0x3000, MEM_RELEASE), STATUS_SUCCESS);
  CHECK(Query(base + 0x5000).State == MEM_FREE);
}

int GuestMain(void) {
  Tally tally = {0, 0};
  TestReserveAndCommit(&tally);
  TestPlacement(&tally);
  TestRefusals(&tally);
  TestSplitAndMerge(&tally);
  TestTouching(&tally);
  return Report(&tally);
}
