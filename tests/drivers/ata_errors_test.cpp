// What goes wrong: bad sectors, time-outs, lost and spurious interrupts, failing DMA, a vanished
// drive.
#include <gtest/gtest.h>

#include "tests/drivers/ata_machine.h"

namespace fl::drivers {
namespace {

using Commands = std::vector<fakes::AtaCommandSeen>;

struct AtaErrorsTest : AtaMachine {
  AtaErrorsTest() { primary.drives[0] = Disk(1000); }
  Status Read(AtaDisk& disk, u64 lba, u32 sectors) {
    const std::span<std::byte> list[] = {Memory(sectors * 512)};
    return disk.Read(Lba(lba), list);
  }
};

TEST_F(AtaErrorsTest, ABadSectorIsACrcErrorByDma) {
  AtaDisk& disk = Probe();
  primary.bad_sectors = {12};
  EXPECT_EQ(Read(disk, 10, 8), Status::kCrcError);
  // One retry, by DMA again: DMA was not to blame.
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 10, 8}, {0xC8, 0, 10, 8}}));
  EXPECT_EQ(primary.resets, 2u);
  EXPECT_EQ(disk.counters().failures, 1u);
  EXPECT_EQ(disk.counters().retries, 1u);
  EXPECT_TRUE(disk.uses_dma());
  ReadAndCheck(disk, 13, 8);
  ReadAndCheck(disk, 0, 12);
}

TEST_F(AtaErrorsTest, ABadSectorIsACrcErrorByPio) {
  primary.drives[0].dma = false;
  AtaDisk& disk = Probe();
  primary.bad_sectors = {12};
  EXPECT_EQ(Read(disk, 10, 8), Status::kCrcError);
  EXPECT_EQ(primary.commands, (Commands{{0x20, 0, 10, 8}, {0x20, 0, 10, 8}}));
  ReadAndCheck(disk, 13, 8);
}

TEST_F(AtaErrorsTest, TheBlockSizeIsSetAgainAfterAReset) {
  primary.drives[0].dma = false;
  primary.drives[0].max_block = 16;
  primary.drives[1] = primary.drives[0];
  primary.drives[1].sectors = 1000;
  controller.Probe(&pci);
  AtaDisk& first = *controller.disks()[0];
  AtaDisk& second = *controller.disks()[1];
  ReadAndCheck(second, 0, 4);
  primary.bad_sectors = {12};
  EXPECT_EQ(Read(first, 10, 8), Status::kCrcError);
  ReadAndCheck(second, 0, 4);
  ReadAndCheck(first, 13, 8);
  EXPECT_EQ(
      primary.commands,
      (Commands{
          {0xC4, 1, 0, 4}, {0xC4, 0, 10, 8}, {0xC4, 0, 10, 8}, {0xC4, 1, 0, 4}, {0xC4, 0, 13, 8}}));
}

TEST_F(AtaErrorsTest, AnErrorInALaterPartEndsTheRead) {
  AtaDisk& disk = Probe();
  primary.bad_sectors = {520};
  EXPECT_EQ(Read(disk, 0, 600), Status::kCrcError);
  EXPECT_EQ(disk.counters().sectors, 512u);
  EXPECT_EQ(primary.commands.size(), 3u);
}

TEST_F(AtaErrorsTest, ADeviceFaultIsRetriedOnce) {
  AtaDisk& disk = Probe();
  primary.device_faults = 1;
  ReadAndCheck(disk, 5, 2);
  EXPECT_EQ(disk.counters().retries, 1u);
  primary.device_faults = 2;
  EXPECT_EQ(Read(disk, 5, 2), Status::kIoDeviceError);
}

TEST_F(AtaErrorsTest, ALostInterruptIsNoticed) {
  AtaDisk& disk = Probe();
  primary.lose_interrupts = 1;
  ReadAndCheck(disk, 5, 2);
  EXPECT_EQ(primary.resets, 0u);
  EXPECT_EQ(disk.counters().retries, 0u);
  EXPECT_EQ(events.milliseconds, 50u);
}

TEST_F(AtaErrorsTest, ALostInterruptIsNoticedByPio) {
  primary.drives[0].dma = false;
  AtaDisk& disk = Probe();
  primary.lose_interrupts = 2;
  ReadAndCheck(disk, 5, 4);
  EXPECT_EQ(primary.resets, 0u);
  EXPECT_EQ(events.milliseconds, 100u);
}

TEST_F(AtaErrorsTest, SpuriousInterruptsAreIgnored) {
  AtaDisk& disk = Probe();
  events.spurious_interrupts = 5;
  ReadAndCheck(disk, 5, 2);
  events.spurious_interrupts = 5;
  const std::span<std::byte> list[] = {Memory(1025).subspan(1)};  // By PIO.
  ASSERT_EQ(disk.Read(Lba(5), list), Status::kSuccess);
  ExpectSectors(list[0], 5);
  EXPECT_EQ(disk.counters().retries, 0u);
}

TEST_F(AtaErrorsTest, AnInterruptWithoutACommandIsHarmless) {
  AtaDisk& disk = Probe();
  controller.OnInterrupt(14);
  controller.OnInterrupt(15);
  ReadAndCheck(disk, 5, 2);
  controller.OnInterrupt(14);
  ReadAndCheck(disk, 6, 2);
  EXPECT_EQ(disk.counters().retries, 0u);
}

TEST_F(AtaErrorsTest, AHungCommandIsResetAndRetriedByPio) {
  AtaDisk& disk = Probe();
  primary.hang_commands = 1;
  ReadAndCheck(disk, 5, 2);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 5, 2}, {0x20, 0, 5, 2}}));
  EXPECT_EQ(primary.resets, 1u);
  EXPECT_TRUE(disk.uses_dma());
  EXPECT_GE(events.milliseconds, 10'000u);
  EXPECT_LT(events.milliseconds, 11'000u);
}

TEST_F(AtaErrorsTest, ADriveThatStaysHungTimesOut) {
  AtaDisk& disk = Probe();
  primary.hang_commands = 2;
  EXPECT_EQ(Read(disk, 5, 2), Status::kIoTimeout);
  ReadAndCheck(disk, 5, 2);
}

TEST_F(AtaErrorsTest, AVanishedDriveTimesOut) {
  AtaDisk& disk = Probe();
  primary.unplugged = true;
  EXPECT_EQ(Read(disk, 5, 2), Status::kIoTimeout);
  EXPECT_LT(events.milliseconds, 30'000u);
}

TEST_F(AtaErrorsTest, ABusMasterErrorIsRetriedByPio) {
  AtaDisk& disk = Probe();
  primary.bus_master_errors = 1;
  ReadAndCheck(disk, 5, 2);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 5, 2}, {0x20, 0, 5, 2}}));
  EXPECT_TRUE(disk.uses_dma());
}

TEST_F(AtaErrorsTest, AnInterfaceCrcErrorIsRetriedByPio) {
  AtaDisk& disk = Probe();
  primary.interface_crc_errors = 1;
  ReadAndCheck(disk, 5, 2);
  EXPECT_EQ(primary.commands, (Commands{{0xC8, 0, 5, 2}, {0x20, 0, 5, 2}}));
}

TEST_F(AtaErrorsTest, DmaThatFailsThreeTimesInARowIsGivenUp) {
  AtaDisk& disk = Probe();
  primary.bus_master_errors = 2;
  ReadAndCheck(disk, 0, 2);
  ReadAndCheck(disk, 0, 2);
  ReadAndCheck(disk, 0, 2);  // Succeeds, and the count starts over.
  EXPECT_TRUE(disk.uses_dma());
  primary.bus_master_errors = 10;
  for (u32 i = 0; i < 5; ++i) ReadAndCheck(disk, 0, 2);
  EXPECT_FALSE(disk.uses_dma());
  EXPECT_EQ(primary.bus_master_errors, 7u);
  EXPECT_EQ(disk.counters().failures, 0u);
}

TEST_F(AtaErrorsTest, TheOtherDriveStillWorksAfterAReset) {
  primary.drives[1] = Disk(1000);
  controller.Probe(&pci);
  primary.hang_commands = 2;
  EXPECT_EQ(Read(*controller.disks()[0], 5, 2), Status::kIoTimeout);
  ReadAndCheck(*controller.disks()[1], 7, 3);
}

}  // namespace
}  // namespace fl::drivers
