// Writing: every command, split and misfortune, against the simulated drive.
#include <gtest/gtest.h>

#include <random>

#include "tests/drivers/ata_machine.h"

namespace fl::drivers {
namespace {

using Commands = std::vector<fakes::AtaCommandSeen>;

struct AtaWriteTest : AtaMachine {
  /// Bytes that say where they belong and in which round they were written.
  static std::byte ByteOf(u32 round, u64 lba, u32 offset) {
    return std::byte(lba * 13 + offset * 5 + round * 101 + (offset >> 8));
  }
  std::span<std::byte> Filled(u32 round, u64 lba, u32 sectors, u32 misplaced = 0) {
    const std::span<std::byte> memory = Memory(sectors * 512 + misplaced).subspan(misplaced);
    for (u32 i = 0; i < memory.size(); ++i) memory[i] = ByteOf(round, lba + i / 512, i % 512);
    return memory;
  }
  void ExpectWritten(u32 round, u64 lba, u32 sectors) {
    for (u32 i = 0; i < sectors * 512; ++i) {
      ASSERT_EQ(primary.Stored(lba + i / 512, i % 512), ByteOf(round, lba + i / 512, i % 512))
          << "sector " << lba + i / 512 << ", byte " << i % 512;
    }
  }
  Status Write(AtaDisk& disk, u64 lba, u32 sectors) {
    const std::span<const std::byte> list[] = {Filled(1, lba, sectors)};
    return disk.Write(Lba(lba), list);
  }
  void WriteAndCheck(AtaDisk& disk, u64 lba, u32 sectors) {
    ASSERT_EQ(Write(disk, lba, sectors), Status::kSuccess);
    ExpectWritten(1, lba, sectors);
  }
};

TEST_F(AtaWriteTest, ByDma) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  WriteAndCheck(disk, 999, 1);
  WriteAndCheck(disk, 100, 256);
  WriteAndCheck(disk, 10, 600);
  EXPECT_EQ(
      primary.commands,
      (Commands{{0xCA, 0, 999, 1}, {0xCA, 0, 100, 256}, {0x35, 0, 10, 512}, {0xCA, 0, 522, 88}}));
  EXPECT_EQ(disk.counters().writes, 3u);
  EXPECT_EQ(disk.counters().sectors_written, 857u);
  EXPECT_EQ(disk.counters().reads, 0u);
}

TEST_F(AtaWriteTest, ByPioSectorBySector) {
  primary.drives[1] = Disk(1000);
  primary.drives[1].dma = false;
  AtaDisk& disk = Probe();
  WriteAndCheck(disk, 123, 7);
  EXPECT_EQ(primary.commands, (Commands{{0x30, 1, 123, 7}}));
  EXPECT_EQ(primary.interrupts, 7u);   // One for each sector that was taken.
  EXPECT_EQ(events.milliseconds, 0u);  // Nothing but interrupts moved it on.
  const std::span<std::byte> back[] = {Memory(7 * 512)};
  ASSERT_EQ(disk.Read(Lba(123), back), Status::kSuccess);
  for (u32 i = 0; i < 7 * 512; ++i) ASSERT_EQ(back[0][i], ByteOf(1, 123 + i / 512, i % 512));
}

TEST_F(AtaWriteTest, ByPioInBlocks) {
  primary.drives[0] = Disk(0x20000000);
  primary.drives[0].dma = false;
  primary.drives[0].max_block = 16;
  AtaDisk& disk = Probe();
  WriteAndCheck(disk, 100, 40);
  EXPECT_EQ(primary.interrupts, 1u + 3);  // SET MULTIPLE, then 16 + 16 + 8 sectors.
  WriteAndCheck(disk, 0x1ABCDEF0, 256);
  EXPECT_EQ(primary.commands, (Commands{{0xC5, 0, 100, 40}, {0x39, 0, 0x1ABCDEF0, 256}}));
}

TEST_F(AtaWriteTest, Lba48) {
  primary.drives[0] = Disk(0x123456789A00);
  AtaDisk& disk = Probe();
  WriteAndCheck(disk, 0x0FFFFFFF, 1);
  WriteAndCheck(disk, 0x0FFFFFFF, 2);
  EXPECT_EQ(primary.commands, (Commands{{0xCA, 0, 0x0FFFFFFF, 1}, {0x35, 0, 0x0FFFFFFF, 2}}));
}

TEST_F(AtaWriteTest, Lba48ByPio) {
  primary.drives[0] = Disk(0x20000000);
  primary.drives[0].dma = false;
  WriteAndCheck(Probe(), 0x1ABCDEF0, 3);
  EXPECT_EQ(primary.commands, (Commands{{0x34, 0, 0x1ABCDEF0, 3}}));
}

TEST_F(AtaWriteTest, OddMemoryGoesByPio) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  const std::span<const std::byte> list[] = {Filled(2, 3, 2, 1)};
  ASSERT_EQ(disk.Write(Lba(3), list), Status::kSuccess);
  ExpectWritten(2, 3, 2);
  EXPECT_EQ(primary.commands, (Commands{{0x30, 0, 3, 2}}));
  EXPECT_TRUE(disk.uses_dma());
}

TEST_F(AtaWriteTest, RefusesWhatIsBeyondTheEnd) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  EXPECT_EQ(Write(disk, 999, 2), Status::kInvalidParameter);
  EXPECT_TRUE(primary.commands.empty());
  EXPECT_EQ(disk.counters().writes, 0u);
}

struct AtaWriteErrors : AtaWriteTest, testing::WithParamInterface<bool> {
  AtaWriteErrors() {
    primary.drives[0] = Disk(1000);
    primary.drives[0].dma = GetParam();
  }
};

TEST_P(AtaWriteErrors, ABadSectorIsACrcError) {
  primary.bad_sectors = {12};
  AtaDisk& disk = Probe();
  EXPECT_EQ(Write(disk, 10, 8), Status::kCrcError);
  const u8 code = GetParam() ? 0xCA : 0x30;
  EXPECT_EQ(primary.commands, (Commands{{code, 0, 10, 8}, {code, 0, 10, 8}}));
  EXPECT_EQ(disk.counters().failures, 1u);
  WriteAndCheck(disk, 13, 8);
}

TEST_P(AtaWriteErrors, ADriveThatHangsIsReset) {
  AtaDisk& disk = Probe();
  primary.hang_commands = 1;
  WriteAndCheck(disk, 10, 8);
  EXPECT_EQ(disk.counters().retries, 1u);
  primary.hang_commands = 2;
  EXPECT_EQ(Write(disk, 10, 8), Status::kIoTimeout);
  WriteAndCheck(disk, 20, 8);
}

INSTANTIATE_TEST_SUITE_P(DmaAndPio, AtaWriteErrors, testing::Bool());

TEST_F(AtaWriteTest, FlushesTheDrivesCache) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  EXPECT_EQ(disk.Flush(), Status::kSuccess);
  EXPECT_EQ(primary.commands, (Commands{{0xEA, 0, 0, 0}}));
  primary.hang_commands = 1;
  EXPECT_EQ(disk.Flush(), Status::kIoTimeout);
  WriteAndCheck(disk, 20, 8);
}

TEST_F(AtaWriteTest, ADriveWithoutACacheNeedsNoFlush) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].lba48 = false;
  primary.drives[0].flushes = false;
  AtaDisk& disk = Probe();
  EXPECT_EQ(disk.Flush(), Status::kSuccess);
  EXPECT_EQ(primary.commands, (Commands{{0xE7, 0, 0, 0}}));
  EXPECT_EQ(disk.counters().failures, 0u);
}

TEST_F(AtaWriteTest, RandomWritesWithMisfortunes) {
  primary.drives[0] = Disk(5000);
  primary.drives[0].max_block = 8;
  AtaDisk& disk = Probe();
  std::mt19937 random(12);
  for (u32 round = 0; round < 300; ++round) {
    if (round == 150) dma_memory.Scatter();
    switch (random() % 16) {
      case 0:
        primary.lose_interrupts = 1;
        break;
      case 1:
        events.spurious_interrupts = 1 + random() % 3;
        break;
      case 2:
        primary.bus_master_errors = 1;
        break;
      case 3:
        primary.interface_crc_errors = 1;
        break;
      case 4:
        primary.device_faults = 1;
        break;
      default:
        break;
    }
    const u64 lba = random() % 4700;
    std::vector<std::span<const std::byte>> list;
    u32 sectors = 0;
    for (u32 buffers = 1 + random() % 5; buffers != 0; --buffers) {
      const u32 count = random() % 40;
      list.push_back(Filled(round, lba + sectors, count, random() % 4 == 0 ? random() % 4096 : 0));
      sectors += count;
    }
    ASSERT_EQ(disk.Write(Lba(lba), list), Status::kSuccess);
    ExpectWritten(round, lba, sectors);
    memory_blocks.clear();
    // Each misfortune strikes one request.
    primary.lose_interrupts = primary.bus_master_errors = primary.interface_crc_errors = 0;
    primary.device_faults = events.spurious_interrupts = 0;
  }
  EXPECT_EQ(disk.counters().failures, 0u);
  EXPECT_GT(disk.counters().retries, 0u);
  EXPECT_GT(disk.counters().dma_commands, 100u);
}

}  // namespace
}  // namespace fl::drivers
