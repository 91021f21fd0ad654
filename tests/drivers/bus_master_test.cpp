// The bus master's table: what one table can describe, and the addresses that must not occur.
#include "drivers/bus_master.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>

#include "tests/fakes/simulated_ata.h"

namespace fl::drivers {
namespace {

constexpr u16 kBase = 0xC000;

struct Free {
  void operator()(std::byte* p) const { std::free(p); }
};

struct BusMasterTest : testing::Test {
  using Pages = std::unique_ptr<std::byte, Free>;
  static Pages Allocate(u32 pages) {
    return Pages(static_cast<std::byte*>(std::aligned_alloc(kPageSize, pages * kPageSize)));
  }
  struct Entry {
    u32 address;
    u32 bytes;
    bool last;
    bool operator==(const Entry&) const = default;
  };
  /// As the controller would read it.
  std::vector<Entry> Table() {
    ports.ForgetWrites();
    master.Prepare(DmaDirection::kToMemory);
    const u32 table = ports.WritesTo(kBase + 4).back();
    EXPECT_EQ(table % 512, 0u);
    std::vector<Entry> entries;
    for (u32 i = 0; i < 64; ++i) {
      u32 words[2];
      std::memcpy(words, memory.HostOf(table + i * 8), 8);
      entries.push_back({words[0], words[1] & 0xFFFF, (words[1] & 0x80000000) != 0});
      if (entries.back().last) break;
    }
    return entries;
  }
  u32 Describe(std::initializer_list<std::span<std::byte>> buffers, u32 max_sectors = 256) {
    const std::vector<std::span<std::byte>> list(buffers);
    return master.Describe(ScatterCursor(list), max_sectors);
  }

  fakes::ScriptedPorts ports;
  fakes::FakeDmaMemory memory;
  BusMaster master{ports, memory, kBase};
};

TEST_F(BusMasterTest, OnePage) {
  Pages page = Allocate(1);
  memory.Place(page.get(), 0x123);
  EXPECT_EQ(Describe({{page.get(), 4096}}), 8u);
  EXPECT_EQ(Table(), (std::vector<Entry>{{0x123000, 4096, true}}));
}

TEST_F(BusMasterTest, NeighboursBecomeOneEntryButNotAcross64KiB) {
  Pages pages = Allocate(4);
  for (u32 i = 0; i < 4; ++i) memory.Place(pages.get() + i * kPageSize, 0x1FE + i);
  EXPECT_EQ(Describe({{pages.get(), 4 * 4096}}), 32u);
  EXPECT_EQ(Table(), (std::vector<Entry>{{0x1FE000, 8192, false}, {0x200000, 8192, true}}));
}

TEST_F(BusMasterTest, NoEntryIsAsLongAs64KiB) {
  Pages pages = Allocate(16);
  for (u32 i = 0; i < 16; ++i) memory.Place(pages.get() + i * kPageSize, 0x200 + i);
  EXPECT_EQ(Describe({{pages.get(), 0x10000}}), 128u);
  EXPECT_EQ(Table(), (std::vector<Entry>{{0x200000, 0xF000, false}, {0x20F000, 0x1000, true}}));
}

TEST_F(BusMasterTest, ASectorMayCrossAPage) {
  Pages pages = Allocate(2);
  memory.Place(pages.get(), 0x500);
  memory.Place(pages.get() + kPageSize, 0x300);
  EXPECT_EQ(Describe({{pages.get() + 4096 - 510, 512}}), 1u);
  EXPECT_EQ(Table(), (std::vector<Entry>{{0x500E02, 510, false}, {0x300000, 2, true}}));
}

TEST_F(BusMasterTest, StopsAtTheLimitAndAtTheEnd) {
  Pages page = Allocate(1);
  EXPECT_EQ(Describe({{page.get(), 4096}}, 3), 3u);
  EXPECT_EQ(Table().back().bytes, 1536u);
  EXPECT_EQ(Describe({{page.get(), 512}, {}, {page.get() + 512, 512}}), 2u);
  EXPECT_EQ(Table().size(), 1u);
}

TEST_F(BusMasterTest, OddAddressesAreRefused) {
  Pages page = Allocate(1);
  EXPECT_EQ(Describe({{page.get() + 1, 512}}), 0u);
  EXPECT_EQ(Describe({{page.get() + 2, 512}}), 1u);
  // An odd buffer behind an even one ends the table before it.
  EXPECT_EQ(Describe({{page.get(), 1024}, {page.get() + 2047, 512}}), 2u);
}

TEST_F(BusMasterTest, MemoryAbove4GiBIsRefused) {
  Pages pages = Allocate(2);
  memory.Place(pages.get(), 0xFFFFF);
  memory.Place(pages.get() + kPageSize, 0x100000);
  EXPECT_EQ(Describe({{pages.get(), 8192}}), 8u);
  EXPECT_EQ(Describe({{pages.get() + kPageSize, 512}}), 0u);
  // Half of the sector would be reachable: that is none.
  EXPECT_EQ(Describe({{pages.get() + 4096 - 256, 512}}), 0u);
}

TEST_F(BusMasterTest, AFullTableEndsWithAWholeSector) {
  memory.Scatter();
  Pages pages = Allocate(66);
  EXPECT_EQ(Describe({{pages.get(), 66 * 4096}}, 1000), 64u * 8);
  EXPECT_EQ(Table().size(), 64u);
  // Each page boundary lies within a sector, and so does that where the table is full: of 64 pieces
  // the last would be half a sector.
  EXPECT_EQ(Describe({{pages.get() + 256, 65 * 4096}}, 1000), 64u * 8 - 1);
  const std::vector<Entry> table = Table();
  EXPECT_EQ(table.size(), 64u);
  EXPECT_EQ(table.back().bytes, 4096u - 256);
  u32 total = 0;
  for (const Entry& entry : table) total += entry.bytes;
  EXPECT_EQ(total, (64u * 8 - 1) * 512);
}

TEST_F(BusMasterTest, StatusWritesKeepTheDrivesCapabilities) {
  Pages page = Allocate(1);
  ASSERT_EQ(Describe({{page.get(), 512}}), 1u);
  ports.Queue(kBase + 2, {0x67, 0x64, 0x60});
  master.Prepare(DmaDirection::kToMemory);
  EXPECT_EQ(ports.WritesTo(kBase + 0), (std::vector<u32>{0x08}));
  EXPECT_EQ(ports.WritesTo(kBase + 2), (std::vector<u32>{0x66}));
  master.Start();
  EXPECT_EQ(ports.WritesTo(kBase + 0).back(), 0x09u);
  EXPECT_TRUE(master.InterruptPending());
  EXPECT_FALSE(master.InterruptPending());
}

}  // namespace
}  // namespace fl::drivers
