// Rows: the disk. Each sample has a file of its own, so that all of it comes from the disk.
#include "sampling.h"

#define FILES 9u
#define CHUNK (64u * 1024)

static File OpenNumbered(unsigned number) {
  char name[] = "FILE0.BIN";
  name[4] = (char)('0' + number);
  return OpenFile(name);
}

// The tools write each page's number into its first word.
static void CheckPage(const Byte* page, unsigned number) {
  if (*(const volatile unsigned*)page != number) Fail("a page has not its own bytes", number);
}

static void HardFault(void) {
  DropCaches();
  File file = OpenNumbered(1);
  const unsigned stride = LARGE_FILE_PAGES / MAX_SAMPLES;
  Byte* base = MapFile(file, 0, LARGE_FILE_PAGES, kForReading, kStrict);
  for (unsigned i = 0; i < MAX_SAMPLES; ++i)
    CheckPage(base + (i * stride + 1) * PAGE, i * stride + 1);
  Begin("hard_fault");
  for (unsigned i = 0; i < MAX_SAMPLES; ++i) SAMPLE_MARKED(ReadPage(base, i * stride + 7));
  Finish();
  UnmapFile(base, LARGE_FILE_PAGES);
  CloseFile(file);
}

static void Sequential(void) {
  Byte* buffer = MapMemory(CHUNK / PAGE);
  for (unsigned i = 0; i < CHUNK / PAGE; ++i) WritePage(buffer, i);
  Begin("file_sequential");
  for (unsigned number = 0; number < FILES; ++number) {
    DropCaches();
    File file = OpenNumbered(number);
    const DiskCounts before = CountDisk();
    unsigned page = 0, got;
    MARK_BEGIN();
    while ((got = ReadFile(file, buffer, CHUNK)) != 0) {
      CheckPage(buffer, page);
      page += got / PAGE;
    }
    MARK_END();
    if (page != LARGE_FILE_PAGES) Fail("a file is too short", page);
    RecordMarked();
    RecordDisk(before);
    CloseFile(file);
  }
  Finish();
  UnmapMemory(buffer, CHUNK / PAGE);
}

typedef enum { kInOrder, kAtRandom } Order;

// Each page of the file once; at random it is the same order in each run and on each system.
static const unsigned short* PagesIn(Order order) {
  static unsigned short pages[LARGE_FILE_PAGES];
  for (unsigned i = 0; i < LARGE_FILE_PAGES; ++i) pages[i] = (unsigned short)i;
  if (order == kInOrder) return pages;
  unsigned dice = 2531;
  for (unsigned i = LARGE_FILE_PAGES - 1; i != 0; --i) {
    dice ^= dice << 13;
    dice ^= dice >> 17;
    dice ^= dice << 5;
    const unsigned other = dice % (i + 1);
    const unsigned short page = pages[i];
    pages[i] = pages[other];
    pages[other] = page;
  }
  return pages;
}

// Touches the first `touched` pages, in that order, of a mapped file.
static void Mapped(const char* row, unsigned touched, Order order) {
  const unsigned short* pages = PagesIn(order);
  Begin(row);
  for (unsigned number = 0; number < FILES; ++number) {
    DropCaches();
    File file = OpenNumbered(number);
    Byte* base = MapFile(file, 0, LARGE_FILE_PAGES, kForReading, kAsUsual);
    const DiskCounts before = CountDisk();
    MARK_BEGIN();
    for (unsigned i = 0; i < touched; ++i) {
      CheckPage(base + pages[i] * PAGE, pages[i]);
    }
    MARK_END();
    RecordMarked();
    RecordDisk(before);
    UnmapFile(base, LARGE_FILE_PAGES);
    CloseFile(file);
  }
  Finish();
}

static void MappedSequential(void) { Mapped("file_mapped", LARGE_FILE_PAGES, kInOrder); }
static void MappedRandom(void) { Mapped("file_random", LARGE_FILE_PAGES, kAtRandom); }
static void Sparse(void) { Mapped("file_sparse", 256, kAtRandom); }

const Row kFileRows[] = {
    {"hard_fault", HardFault},         {"file_sequential", Sequential},
    {"file_mapped", MappedSequential}, {"file_random", MappedRandom},
    {"file_sparse", Sparse},           {0, 0},
};
