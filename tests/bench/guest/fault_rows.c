// Rows: page faults.
#include "sampling.h"

#define POOL_PAGES 1024u  // More than any system keeps zeroed in advance.

// Before: a second page of the run has been touched, so that the page tables are there.
static void SampleWrites(Byte* base, unsigned first) {
  for (unsigned i = 0; i < SAMPLES; ++i) SAMPLE(WritePage(base, first + i));
}

static void ZeroFault(void) {
  Byte* base = MapMemory(POOL_PAGES + SAMPLES);
  for (unsigned i = 0; i < POOL_PAGES; ++i) WritePage(base, i);
  Begin("zero_fault");
  SampleWrites(base, POOL_PAGES);
  Finish();
  UnmapMemory(base, POOL_PAGES + SAMPLES);
}

static void ZeroFaultPrepared(void) {
  Byte* base = MapMemory(1 + SAMPLES);
  WritePage(base, 0);
  Pause(100);  // Time to prepare zeroed frames, for a system that does.
  Begin("zero_fault_prepared");
  SampleWrites(base, 1);
  Finish();
  UnmapMemory(base, 1 + SAMPLES);
}

static void ReadPages(File file, unsigned pages) {
  Byte* base = MapFile(file, 0, pages, kForReading, kAsUsual);
  for (unsigned i = 0; i < pages; ++i) ReadPage(base, i);
  UnmapFile(base, pages);
}

static void CopyFault(const char* row, int read_first) {
  File file = OpenFile("FILE0.BIN");
  Byte* cache = MapFile(file, 0, 1 + SAMPLES, kForReading, kAsUsual);
  for (unsigned i = 0; i <= SAMPLES; ++i) ReadPage(cache, i);
  Byte* base = MapFile(file, 0, 1 + SAMPLES, kForCopying, kAsUsual);
  WritePage(base, 0);
  if (read_first) {
    for (unsigned i = 0; i <= SAMPLES; ++i) ReadPage(base, i);
  }
  Begin(row);
  SampleWrites(base, 1);
  Finish();
  UnmapFile(base, 1 + SAMPLES);
  UnmapFile(cache, 1 + SAMPLES);
  CloseFile(file);
}

static void CopyFaultAfterRead(void) { CopyFault("copy_fault_after_read", 1); }
static void CopyFaultAtOnce(void) { CopyFault("copy_fault", 0); }

// Views of one page: no neighbour can be mapped along.
static void SoftFault(void) {
  File file = OpenFile("FILE0.BIN");
  const unsigned stride = 16, pages = SAMPLES * stride;
  Byte* cache = MapFile(file, 0, pages, kForReading, kAsUsual);
  for (unsigned i = 0; i < pages; i += stride) ReadPage(cache, i);
  Begin("soft_fault");
  for (unsigned i = 0; i < SAMPLES; ++i) {
    Byte* base = MapFile(file, i * stride, 1, kForReading, kAsUsual);
    SAMPLE(ReadPage(base, 0));
    UnmapFile(base, 1);
  }
  Finish();
  UnmapFile(cache, pages);
  CloseFile(file);
}

// Each sample: a new view of 64 cached pages, touched in order; what one page costs.
static void SoftFaultAround(void) {
  File file = OpenFile("FILE0.BIN");
  ReadPages(file, 64);
  Byte* cache = MapFile(file, 0, 64, kForReading, kAsUsual);
  for (unsigned i = 0; i < 64; ++i) ReadPage(cache, i);
  Begin("soft_fault_around");
  for (unsigned i = 0; i < SAMPLES; ++i) {
    Byte* base = MapFile(file, 0, 64, kForReading, kAsUsual);
    MARK_BEGIN();
    const Cycles start = Clock();
    for (unsigned page = 0; page < 64; ++page) ReadPage(base, page);
    const unsigned elapsed = (unsigned)(Clock() - start);
    MARK_TIMED();
    Record(elapsed / 64);
    UnmapFile(base, 64);
  }
  Finish();
  UnmapFile(cache, 64);
  CloseFile(file);
}

// The child's half: the parent has the pages in memory, every sixteenth of them, so that the child
// finds cached pages without cached neighbours. One view serves all rows: a second one would need another
// base, and so other pages.
enum { kImageStride = 16, kImageSamples = SAMPLES };

static void InChild(const char* row) {
  static Byte* table;
  DropCaches();
  if (!table) table = MapImageTable();
  for (unsigned i = 0; i <= kImageSamples; ++i) ReadPage(table, i * kImageStride);
  AwaitProcess(StartRow(row));
}

static void ChildSoftFault(void) {
  Byte* table = MapImageTable();
  ReadPage(table, 0);
  Begin("image_fault");
  for (unsigned i = 1; i <= kImageSamples; ++i) SAMPLE(ReadPage(table, i * kImageStride));
  Finish();
}

static void ChildCopyFault(const char* row, int read_first) {
  Byte* table = MapImageTable();
  for (unsigned i = 1; read_first && i <= kImageSamples; ++i) ReadPage(table, i * kImageStride);
  WritePage(table, 0);
  Begin(row);
  for (unsigned i = 1; i <= kImageSamples; ++i) SAMPLE(WritePage(table, i * kImageStride));
  Finish();
}

static void ChildCopyFaultAfterRead(void) { ChildCopyFault("image_copy_fault_after_read", 1); }
static void ChildCopyFaultAtOnce(void) { ChildCopyFault("image_copy_fault", 0); }
static void ImageFault(void) { InChild("child_image_fault"); }
static void ImageCopyFaultAfterRead(void) { InChild("child_image_copy_fault_after_read"); }
static void ImageCopyFault(void) { InChild("child_image_copy_fault"); }

const Row kFaultRows[] = {
    {"zero_fault", ZeroFault},
    {"zero_fault_prepared", ZeroFaultPrepared},
    {"copy_fault_after_read", CopyFaultAfterRead},
    {"copy_fault", CopyFaultAtOnce},
    {"soft_fault", SoftFault},
    {"soft_fault_around", SoftFaultAround},
    {"image_fault", ImageFault},
    {"image_copy_fault_after_read", ImageCopyFaultAfterRead},
    {"image_copy_fault", ImageCopyFault},
    {"child_image_fault", ChildSoftFault},
    {"child_image_copy_fault_after_read", ChildCopyFaultAfterRead},
    {"child_image_copy_fault", ChildCopyFaultAtOnce},
    {0, 0},
};
