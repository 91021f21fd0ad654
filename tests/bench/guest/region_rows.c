// Rows: changes of the address space, and faults among many regions.
#include "sampling.h"

static void MapUntouched(void) {
  Begin("map_unmap");
  for (unsigned i = 0; i < SAMPLES; ++i) SAMPLE(UnmapMemory(MapMemory(1), 1));
  Finish();
}

static void MapTouched(void) {
  Begin("map_touch_unmap");
  for (unsigned i = 0; i < SAMPLES; ++i) {
    SAMPLE({
      Byte* base = MapMemory(1);
      WritePage(base, 0);
      UnmapMemory(base, 1);
    });
  }
  Finish();
}

// One page in the midst of others loses the right to be written, and gets it back: one region becomes
// three and one again.
static void SplitMerge(void) {
  Byte* base = MapMemory(64);
  for (unsigned i = 0; i < 64; ++i) WritePage(base, i);
  Begin("split_merge");
  for (unsigned i = 0; i < SAMPLES; ++i) {
    SAMPLE({
      ProtectPages(base + 32 * PAGE, 1, kReadOnly);
      ProtectPages(base + 32 * PAGE, 1, kReadWrite);
    });
  }
  Finish();
  UnmapMemory(base, 64);
}

// Regions that cost no memory but their own record: a view of a file, every second page without access.
static void AddRegions(File file, unsigned regions) {
  while (regions) {
    const unsigned pages = regions < LARGE_FILE_PAGES ? regions : LARGE_FILE_PAGES;
    Byte* base = MapFile(file, 0, pages, kForReading, kAsUsual);
    for (unsigned i = 1; i < pages; i += 2) ProtectPages(base + i * PAGE, 1, kNoAccess);
    regions -= pages;
  }
}

// The memory lies among the regions in `blocks` blocks; the first page of each brings its page table.
static void FaultAmongRegions(const char* row, unsigned regions, unsigned blocks) {
  File file = OpenFile("FILE0.BIN");
  const unsigned samples = SAMPLES / blocks;
  Byte* block[SAMPLES];
  for (unsigned i = 0; i < blocks; ++i) {
    AddRegions(file, regions / blocks);
    block[i] = MapMemory(1 + samples);
    WritePage(block[i], 0);
  }
  Pause(100);  // All with zeroed frames prepared: the difference is to be the regions' own.
  Begin(row);
  for (unsigned i = 0; i < blocks; ++i) {
    for (unsigned page = 1; page <= samples; ++page) SAMPLE(WritePage(block[i], page));
  }
  Finish();
  for (unsigned i = 0; i < blocks; ++i) UnmapMemory(block[i], 1 + samples);
  CloseFile(file);
}

// In this order: the regions stay.
static void Regions10(void) { FaultAmongRegions("regions_10", 10, 1); }
static void Regions1000(void) { FaultAmongRegions("regions_1000", 1000, SAMPLES); }
static void Regions60000(void) { FaultAmongRegions("regions_60000", 60000, SAMPLES); }

const Row kRegionRows[] = {
    {"map_unmap", MapUntouched},
    {"map_touch_unmap", MapTouched},
    {"split_merge", SplitMerge},
    {"regions_10", Regions10},
    {"regions_1000", Regions1000},
    {"regions_60000", Regions60000},
    {0, 0},
};
