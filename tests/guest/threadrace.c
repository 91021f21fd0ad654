// threadrace PATH: threads that need one page at the same time, pages that are taken away from under threads,
// one file handle for several threads. PATH: a file of 256 pages that nobody has read yet; each DWORD holds the
// number of its sector.
#include "guest.h"

#define THREADS 4
#define PAGES 32
#define FILE_PAGES 256
#define SECTORS (FILE_PAGES * 8)
#define MAPPED_PAGES 64
#define FACTOR 2654435761u

// PAGES pages of numbers in the image, to be read and to be written; the DWORD i is i * FACTOR.
__asm__(
    ".section .rdata,\"dr\"\n.balign 4096\n_read_table:\n.set i, 0\n"
    ".rept 32 * 1024\n.long i * 2654435761\n.set i, i + 1\n.endr\n"
    ".data\n.balign 4096\n_write_table:\n.set i, 0\n"
    ".rept 32 * 1024\n.long i * 2654435761\n.set i, i + 1\n.endr\n.text\n");
extern const ULONG read_table[];
extern ULONG write_table[];

typedef struct {
  HANDLE gate;
  ULONG number;
  volatile ULONG* pages;  // To be written.
  ULONG wrong;
} Racer;

static ULONG NTAPI ReadImage(void* argument) {
  Racer* racer = argument;
  NtWaitForSingleObject(racer->gate, 0, NULL);
  for (ULONG page = 0; page < PAGES; ++page) {
    const ULONG at = page * 1024 + racer->number;
    racer->wrong += ((const volatile ULONG*)read_table)[at] != at * FACTOR;
  }
  return 0;
}

// Each thread has a DWORD of its own in each page.
static ULONG NTAPI WritePages(void* argument) {
  Racer* racer = argument;
  NtWaitForSingleObject(racer->gate, 0, NULL);
  for (ULONG page = 0; page < PAGES; ++page) {
    racer->pages[page * 1024 + racer->number] = ~(page * THREADS + racer->number);
  }
  return 0;
}

static void Race(Tally* tally, ThreadStart start, volatile ULONG* pages) {
  HANDLE gate = NULL, threads[THREADS];
  Racer racers[THREADS];
  NtCreateEvent(&gate, EVENT_ALL_ACCESS, NULL, NotificationEvent, 0);
  for (ULONG i = 0; i < THREADS; ++i) {
    racers[i] = (Racer){gate, i, pages, 0};
    CHECK_STATUS(StartThread(&threads[i], start, &racers[i]), STATUS_SUCCESS);
  }
  Sleep(20);
  NtSetEvent(gate, NULL);
  ULONG wrong = 0;
  for (ULONG i = 0; i < THREADS; ++i) {
    JoinThread(threads[i]);
    wrong += racers[i].wrong;
  }
  for (ULONG page = 0; pages && page < PAGES; ++page) {
    for (ULONG i = 0; i < THREADS; ++i) {
      wrong += pages[page * 1024 + i] != ~(page * THREADS + i);
    }
  }
  CHECK(wrong == 0);
  NtClose(gate);
}

static void TestOnePageForAll(Tally* tally) {
  Race(tally, ReadImage, NULL);
  volatile ULONG* table = write_table;
  Race(tally, WritePages, table);
  ULONG wrong = 0;
  for (ULONG i = 0; i < PAGES * 1024; ++i) {
    wrong += i % 1024 >= THREADS && table[i] != i * FACTOR;
  }
  CHECK(wrong == 0);
  void* zero = NULL;
  ULONG size = PAGES * PAGE_SIZE;
  NtAllocateVirtualMemory(CURRENT_PROCESS, &zero, 0, &size, MEM_RESERVE | MEM_COMMIT,
                          PAGE_READWRITE);
  Race(tally, WritePages, zero);
  size = 0;
  NtFreeVirtualMemory(CURRENT_PROCESS, &zero, &size, MEM_RELEASE);
}

typedef struct {
  UCHAR* volatile view;
  volatile ULONG page;
  volatile ULONG begun;
  ULONG strange;
} Touching;

// The kernel touches for us: what lies there is taken for a handle, and nobody has such handles.
static ULONG NTAPI TouchOne(void* argument) {
  Touching* touching = argument;
  touching->begun = 1;
  const NTSTATUS status = NtWaitForMultipleObjects(
      1, (HANDLE*)(touching->view + touching->page * PAGE_SIZE), WaitAny, 0, NULL);
  return (ULONG)status;
}

static ULONG NTAPI TouchForever(void* argument) {
  Touching* touching = argument;
  for (ULONG i = 0;; ++i) {
    volatile UCHAR* at = touching->view + (i % MAPPED_PAGES) * PAGE_SIZE;
    touching->begun = *at + 1u;
  }
  return 0;
}

static UCHAR* MapFile(Tally* tally, HANDLE section) {
  void* base = NULL;
  ULONG size = 0;
  CHECK_STATUS(NtMapViewOfSection(section, CURRENT_PROCESS, &base, 0, 0, NULL, &size, ViewUnmap, 0,
                                  PAGE_READONLY),
               STATUS_SUCCESS);
  return base;
}

static void TestUnmapUnderReader(Tally* tally, HANDLE section) {
  ULONG gone = 0, strange = 0;
  for (ULONG page = 0; page < MAPPED_PAGES; ++page) {
    Touching touching = {MapFile(tally, section), page, 0, 0};
    HANDLE thread = NULL;
    StartThread(&thread, TouchOne, &touching);
    // It sleeps in the read of its page when this thread goes on.
    while (!touching.begun) NtYieldExecution();
    CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, touching.view), STATUS_SUCCESS);
    const ULONG status = JoinThread(thread);
    gone += status == STATUS_ACCESS_VIOLATION;
    strange += status != STATUS_ACCESS_VIOLATION && status != STATUS_INVALID_HANDLE;
  }
  CHECK(strange == 0);
  CHECK(gone != 0);
}

static void TestKillReader(Tally* tally, HANDLE section) {
  UCHAR* view = MapFile(tally, section);
  for (ULONG i = 0; i < 8; ++i) {
    Touching touching = {view, 0, 0, 0};
    HANDLE thread = NULL;
    StartThread(&thread, TouchForever, &touching);
    while (!touching.begun) NtYieldExecution();
    for (ULONG k = 0; k < i; ++k) NtYieldExecution();
    CHECK_STATUS(NtTerminateThread(thread, 50 + i), STATUS_SUCCESS);
    CHECK(JoinThread(thread) == 50 + i);
  }
  CHECK_STATUS(NtUnmapViewOfSection(CURRENT_PROCESS, view), STATUS_SUCCESS);
}

typedef struct {
  HANDLE file;
  volatile LONG seen[SECTORS];
} Shared;

// Whatever comes next in the file, until its end, three sectors at a time.
static ULONG NTAPI ReadNext(void* argument) {
  Shared* shared = argument;
  for (;;) {
    ULONG sectors[3][128];
    IO_STATUS_BLOCK io;
    const NTSTATUS status =
        NtReadFile(shared->file, NULL, NULL, NULL, &io, sectors, sizeof(sectors), NULL, NULL);
    if ((ULONG)status == STATUS_END_OF_FILE) return 0;
    if (status != STATUS_SUCCESS) return (ULONG)status;
    for (ULONG i = 0; i < io.Information / 512; ++i) {
      if (sectors[i][0] >= SECTORS || sectors[i][127] != sectors[i][0]) return 1;
      __atomic_add_fetch(&shared->seen[sectors[i][0]], 1, __ATOMIC_SEQ_CST);
    }
  }
}

// A synchronous handle has one position: each byte is read once, by one of them.
static void TestOneHandle(Tally* tally, HANDLE file) {
  Shared shared;
  memset(&shared, 0, sizeof(shared));
  HANDLE threads[THREADS];
  shared.file = file;
  for (ULONG i = 0; i < THREADS; ++i) StartThread(&threads[i], ReadNext, &shared);
  for (ULONG i = 0; i < THREADS; ++i) CHECK_STATUS(JoinThread(threads[i]), STATUS_SUCCESS);
  ULONG wrong = 0;
  for (ULONG i = 0; i < SECTORS; ++i) wrong += shared.seen[i] != 1;
  CHECK(wrong == 0);
}

int GuestMain(void) {
  Tally the_tally = {0, 0}, *tally = &the_tally;
  Arguments arguments;
  GetArguments(&arguments);
  if (arguments.count != 2) return 2;
  TestOnePageForAll(tally);
  HANDLE file = NULL, section = NULL;
  CHECK_STATUS(OpenForReading(&file, arguments.item[1]), STATUS_SUCCESS);
  CHECK_STATUS(
      NtCreateSection(&section, SECTION_ALL_ACCESS, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file),
      STATUS_SUCCESS);
  TestUnmapUnderReader(tally, section);
  TestKillReader(tally, section);
  NtClose(section);
  TestOneHandle(tally, file);
  NtClose(file);
  return Report(tally);
}
