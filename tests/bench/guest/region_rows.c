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

// Regions that cost no memory but their own record: pages of file views, every second one without
// access.
static unsigned AddRegions(File file, unsigned have, unsigned wanted) {
  while (have < wanted) {
    const unsigned pages = wanted - have < LARGE_FILE_PAGES ? wanted - have : LARGE_FILE_PAGES;
    Byte* base = MapFile(file, 0, pages, kForReading, kAsUsual);
    for (unsigned i = 1; i < pages; i += 2) ProtectPages(base + i * PAGE, 1, kNoAccess);
    have += pages;
  }
  return have;
}

static void FaultAmongRegions(const char* row, unsigned regions) {
  File file = OpenFile("FILE0.BIN");
  const unsigned pages = 1 + SAMPLES;
  // The memory lies between views, not at their end.
  unsigned have = AddRegions(file, 0, regions / 2);
  Byte* base = MapMemory(pages);
  AddRegions(file, have, regions);
  WritePage(base, 0);
  Pause(100);  // All with zeroed frames prepared: the difference is to be the regions' own.
  Begin(row);
  for (unsigned i = 1; i < pages; ++i) SAMPLE(WritePage(base, i));
  Finish();
  UnmapMemory(base, pages);
  CloseFile(file);
}

// In this order: the regions stay.
static void Regions10(void) { FaultAmongRegions("regions_10", 10); }
static void Regions1000(void) { FaultAmongRegions("regions_1000", 1000); }
static void Regions60000(void) { FaultAmongRegions("regions_60000", 60000); }

const Row kRegionRows[] = {
    {"map_unmap", MapUntouched},
    {"map_touch_unmap", MapTouched},
    {"split_merge", SplitMerge},
    {"regions_10", Regions10},
    {"regions_1000", Regions1000},
    {"regions_60000", Regions60000},
    {0, 0},
};
