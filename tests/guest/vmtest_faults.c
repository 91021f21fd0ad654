// vmtest: pages that are touched. A system call touches for us where a fault would end the program.
#include "vmtest.h"

static volatile ULONG own_data[3 * PAGE_SIZE / sizeof(ULONG)] = {7};

static NTSTATUS Touch(void* address) { return NtQuerySystemTime(address); }

static void TestGuardPage(Tally* tally) {
  UCHAR* base = NULL;
  CHECK_STATUS(Allocate(NULL, 0x3000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD, &base),
               STATUS_SUCCESS);
  CHECK(Query(base).Protect == (PAGE_READWRITE | PAGE_GUARD));
  CHECK_STATUS(Touch(base + 0x1000), STATUS_GUARD_PAGE_VIOLATION);
  CHECK(Query(base + 0x1000).Protect == PAGE_READWRITE);
  CHECK(Query(base + 0x1000).RegionSize == 0x1000);
  CHECK(Query(base).Protect == (PAGE_READWRITE | PAGE_GUARD));
  CHECK_STATUS(Touch(base + 0x1000), STATUS_SUCCESS);
  ULONG old = 0;
  CHECK_STATUS(Protect(base, 0x1000, PAGE_READONLY, &old), STATUS_SUCCESS);
  CHECK(old == (PAGE_READWRITE | PAGE_GUARD));
  CHECK_STATUS(Touch(base), STATUS_ACCESS_VIOLATION);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
  CHECK_STATUS(Touch(base), STATUS_ACCESS_VIOLATION);
}

static void TestWriteCopyOfOwnImage(Tally* tally) {
  UCHAR* page = (UCHAR*)(((ULONG)own_data + PAGE_SIZE) & ~(ULONG)(PAGE_SIZE - 1));
  const MEMORY_BASIC_INFORMATION before = Query(page);
  CHECK(before.Type == MEM_IMAGE);
  CHECK(before.Protect == PAGE_WRITECOPY);
  CHECK(before.AllocationProtect == PAGE_EXECUTE_WRITECOPY);
  CHECK(before.AllocationBase == CurrentPeb()->ImageBaseAddress);
  *(volatile UCHAR*)page = 1;
  CHECK(Query(page).Protect == PAGE_READWRITE);  // Its own now.
  CHECK(own_data[0] == 7);
  const void* code = (const void*)GuestMain;
  CHECK(Query(code).Protect == PAGE_EXECUTE_READ);
  CHECK_STATUS(Touch((void*)code), STATUS_ACCESS_VIOLATION);

  // Code that is made writable is copied at its first write, and goes on as it was.
  ULONG old = 0;
  CHECK_STATUS(Protect((void*)code, 1, PAGE_EXECUTE_READWRITE, &old), STATUS_SUCCESS);
  CHECK(old == PAGE_EXECUTE_READ);
  CHECK(Query(code).Protect == PAGE_EXECUTE_WRITECOPY);
  volatile UCHAR* first = (volatile UCHAR*)code;
  *first = *first;
  CHECK(Query(code).Protect == PAGE_EXECUTE_READWRITE);
}

// Frames of a page and a half each: the stack has to grow through many guard pages.
static ULONG Descend(ULONG depth) {
  volatile UCHAR room[6000];
  room[0] = (UCHAR)depth;
  room[sizeof(room) - 1] = 1;
  return depth == 0 ? 0 : Descend(depth - 1) + room[sizeof(room) - 1];
}

static void TestStackGrowth(Tally* tally) { CHECK(Descend(100) == 100); }

static void TestManyPages(Tally* tally) {
  // 8 MiB promised, 64 pages touched: memory for these alone.
  UCHAR* base = NULL;
  CHECK_STATUS(Allocate(NULL, 8 << 20, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &base),
               STATUS_SUCCESS);
  for (ULONG i = 0; i < 64; ++i) base[i * 0x20000] = (UCHAR)i;
  ULONG wrong = 0;
  for (ULONG i = 0; i < 64; ++i) wrong += base[i * 0x20000] != i || base[i * 0x20000 + 1] != 0;
  CHECK(wrong == 0);
  CHECK(Query(base).RegionSize == 8 << 20);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
  // More than the machine has cannot be promised; reserved it can be.
  CHECK_STATUS(Allocate(NULL, 0x50000000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, &base),
               STATUS_COMMITMENT_LIMIT);
  CHECK_STATUS(Allocate(NULL, 0x50000000, MEM_RESERVE, PAGE_READWRITE, &base), STATUS_SUCCESS);
  CHECK_STATUS(Free(base, 0, MEM_RELEASE), STATUS_SUCCESS);
}

void TestTouching(Tally* tally) {
  TestGuardPage(tally);
  TestWriteCopyOfOwnImage(tally);
  TestStackGrowth(tally);
  TestManyPages(tally);
}
