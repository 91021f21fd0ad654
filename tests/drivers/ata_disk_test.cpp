// Reading: every command, split and alignment, against the simulated drive.
#include "drivers/ata_disk.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/drivers/ata_machine.h"

namespace fl::drivers {
namespace {

using Commands = std::vector<fakes::AtaCommandSeen>;

struct AtaDiskTest : AtaMachine {};

TEST_F(AtaDiskTest, DmaReadsOneSector) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 999, 1);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 999, 1}}));
  EXPECT_EQ(disk.counters().reads, 1u);
  EXPECT_EQ(disk.counters().sectors, 1u);
  EXPECT_EQ(disk.counters().dma_commands, 1u);
  EXPECT_EQ(disk.counters().pio_commands, 0u);
}

TEST_F(AtaDiskTest, PioReadsSectorBySector) {
  primary.drives[1] = Disk(1000);
  primary.drives[1].dma = false;
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 123, 7);
  EXPECT_EQ(primary.commands, (Commands{{0x20, 1, 123, 7}}));
  EXPECT_EQ(disk.counters().pio_commands, 1u);
  EXPECT_EQ(disk.counters().sectors, 7u);
  EXPECT_EQ(events.milliseconds, 0u);  // Nothing but interrupts moved it on.
}

TEST_F(AtaDiskTest, PioReadsBlocksWhereTheDriveCan) {
  primary.drives[0] = Disk(0x20000000);
  primary.drives[0].dma = false;
  primary.drives[0].max_block = 16;
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 100, 40);
  EXPECT_EQ(primary.interrupts, 1u + 3);  // SET MULTIPLE, then 16 + 16 + 8 sectors.
  ReadAndCheck(disk, 0x1ABCDEF0, 256);
  EXPECT_EQ(primary.interrupts, 4u + 16);
  EXPECT_EQ(primary.commands, (Commands{{0xC4, 0, 100, 40}, {0x29, 0, 0x1ABCDEF0, 256}}));
}

TEST_F(AtaDiskTest, ADriveThatRefusesBlocksIsReadBySectors) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].dma = false;
  primary.drives[0].max_block = 16;
  primary.drives[0].refuses_blocks = true;
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 100, 4);
  ReadAndCheck(disk, 104, 4);
  EXPECT_EQ(primary.commands, (Commands{{0x20, 0, 100, 4}, {0x20, 0, 104, 4}}));
  EXPECT_EQ(primary.interrupts, 1u + 8);
}

TEST_F(AtaDiskTest, ASectorCountOf256IsWrittenAsZero) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 10, 256);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 10, 256}}));
}

TEST_F(AtaDiskTest, LongReadsAreSplit) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 10, 600);
  EXPECT_EQ(primary.commands, (Commands{{0x25, 0, 10, 512}, {0xC8, 0, 522, 88}}));
  EXPECT_EQ(disk.counters().reads, 1u);
  EXPECT_EQ(disk.counters().sectors, 600u);
}

TEST_F(AtaDiskTest, WithoutLba48LongReadsAreSplitInto256Sectors) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].lba48 = false;
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 10, 600);
  EXPECT_EQ(primary.commands,
            (Commands{{0xC8, 0, 10, 256}, {0xC8, 0, 266, 256}, {0xC8, 0, 522, 88}}));
}

TEST_F(AtaDiskTest, LongPioReadsAreSplit) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].dma = false;
  ReadAndCheck(Probe(), 0, 300);
  EXPECT_EQ(primary.commands, (Commands{{0x20, 0, 0, 256}, {0x20, 0, 256, 44}}));
}

TEST_F(AtaDiskTest, Lba48BeyondLba28) {
  primary.drives[0] = Disk(0x123456789A00);
  AtaDisk& disk = Probe();
  EXPECT_EQ(disk.SectorCount().value, 0x123456789A00u);
  ReadAndCheck(disk, 0x0FFFFFFF, 1);
  ReadAndCheck(disk, 0x0FFFFFFF, 2);
  ReadAndCheck(disk, 0x123456789900, 256);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 0x0FFFFFFF, 1},
                                        {0x25, 0, 0x0FFFFFFF, 2},
                                        {0x25, 0, 0x123456789900, 256}}));
}

TEST_F(AtaDiskTest, Lba48ByPio) {
  primary.drives[0] = Disk(0x20000000);
  primary.drives[0].dma = false;
  ReadAndCheck(Probe(), 0x1ABCDEF0, 3);
  EXPECT_EQ(primary.commands, (Commands{{0x24, 0, 0x1ABCDEF0, 3}}));
}

TEST_F(AtaDiskTest, Lba28UsesAllOfItsBits) {
  primary.drives[0] = Disk(0x10000000);
  primary.drives[0].lba48 = false;
  AtaDisk& disk = Probe();
  ReadAndCheck(disk, 0x0ABCDEF0, 2);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 0x0ABCDEF0, 2}}));
}

TEST_F(AtaDiskTest, ScatterListsAreFilledDirectly) {
  primary.drives[0] = Disk(1000);
  dma_memory.Scatter();
  AtaDisk& disk = Probe();
  const std::span<std::byte> list[] = {Memory(4096), Memory(512), {}, Memory(8192)};
  ASSERT_EQ(disk.Read(Lba(40), list), Status::kSuccess);
  ExpectSectors(list[0], 40);
  ExpectSectors(list[1], 48);
  ExpectSectors(list[3], 49);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 40, 25}}));
  EXPECT_EQ(primary.descriptors, 4u);
}

TEST_F(AtaDiskTest, AScatterListLongerThanTheTableIsSplit) {
  primary.drives[0] = Disk(1000);
  dma_memory.Scatter();
  AtaDisk& disk = Probe();
  std::vector<std::span<std::byte>> list;
  for (u32 i = 0; i < 100; ++i) list.push_back(Memory(512));
  ASSERT_EQ(disk.Read(Lba(7), list), Status::kSuccess);
  for (u32 i = 0; i < 100; ++i) ExpectSectors(list[i], 7 + i);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 7, 64}, {0xC8, 0, 71, 36}}));
}

TEST_F(AtaDiskTest, OddBuffersAreReadByPio) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  const std::span<std::byte> buffer = Memory(1025).subspan(1);
  const std::span<std::byte> list[] = {buffer};
  ASSERT_EQ(disk.Read(Lba(3), list), Status::kSuccess);
  ExpectSectors(buffer, 3);
  EXPECT_EQ(primary.commands, (Commands{{0x20, 0, 3, 2}}));
  EXPECT_TRUE(disk.uses_dma());
}

TEST_F(AtaDiskTest, SectorsMayCrossPages) {
  primary.drives[0] = Disk(1000);
  dma_memory.Scatter();
  AtaDisk& disk = Probe();
  const std::span<std::byte> buffer = Memory(3 * 4096).subspan(254, 20 * 512);
  const std::span<std::byte> list[] = {buffer};
  ASSERT_EQ(disk.Read(Lba(3), list), Status::kSuccess);
  ExpectSectors(buffer, 3);
}

TEST_F(AtaDiskTest, RefusesWhatIsBeyondTheEnd) {
  primary.drives[0] = Disk(1000);
  AtaDisk& disk = Probe();
  const std::span<std::byte> list[] = {Memory(1024)};
  EXPECT_EQ(disk.Read(Lba(999), list), Status::kInvalidParameter);
  EXPECT_EQ(disk.Read(Lba(~u64(0)), list), Status::kInvalidParameter);
  EXPECT_EQ(disk.Read(Lba(1000), {}), Status::kSuccess);
  EXPECT_TRUE(primary.commands.empty());
  EXPECT_EQ(disk.counters().reads, 0u);
}

TEST_F(AtaDiskTest, BothDrivesOfAChannelTakeTurns) {
  primary.drives[0] = Disk(2000);
  primary.drives[1] = Disk(2000);
  controller.Probe(&pci);
  AtaDisk& first = *controller.disks()[0];
  AtaDisk& second = *controller.disks()[1];
  ReadAndCheck(first, 0, 4);
  ReadAndCheck(second, 100, 4);
  ReadAndCheck(first, 4, 4);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 0, 4}, {0xC8, 1, 100, 4}, {0xC8, 0, 4, 4}}));
}

TEST_F(AtaDiskTest, RandomReadsWithMisfortunes) {
  primary.drives[0] = Disk(5000);
  primary.drives[0].max_block = 8;
  AtaDisk& disk = Probe();
  std::mt19937 random(11);
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
    std::vector<std::span<std::byte>> list;
    u32 sectors = 0;
    for (u32 buffers = 1 + random() % 5; buffers != 0; --buffers) {
      const u32 count = random() % 40;
      const u32 offset = random() % 4 == 0 ? random() % 4096 : 0;
      list.push_back(Memory(count * 512 + offset).subspan(offset));
      sectors += count;
    }
    const u64 lba = random() % (5000 - sectors);
    ASSERT_EQ(disk.Read(Lba(lba), list), Status::kSuccess);
    u64 at = lba;
    for (std::span<std::byte> buffer : list) {
      ExpectSectors(buffer, at);
      at += buffer.size() / 512;
    }
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
