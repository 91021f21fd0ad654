// Probing: which drives are found, and what they get.
#include <gtest/gtest.h>

#include "tests/drivers/ata_machine.h"

namespace fl::drivers {
namespace {

using fakes::SimulatedDrive;

struct AtaControllerTest : AtaMachine {};

TEST_F(AtaControllerTest, FindsDisksInOrder) {
  primary.drives[0] = Disk(1000);
  primary.drives[1] = Disk(2000);
  secondary.drives[1] = Disk(3000);
  controller.Probe(&pci);
  ASSERT_EQ(controller.disks().size(), 3u);
  EXPECT_EQ(controller.disks()[0]->SectorCount().value, 1000u);
  EXPECT_EQ(controller.disks()[1]->SectorCount().value, 2000u);
  EXPECT_EQ(controller.disks()[2]->SectorCount().value, 3000u);
  EXPECT_STREQ(controller.disks()[2]->identity().model, "FAULTLINE SIMULATED DISK");
  for (AtaDisk* disk : controller.disks()) ReadAndCheck(*disk, 17, 4);
}

TEST_F(AtaControllerTest, NoDrivesAtAll) {
  controller.Probe(&pci);
  EXPECT_TRUE(controller.disks().empty());
  EXPECT_EQ(events.milliseconds, 0u);
}

TEST_F(AtaControllerTest, AFloatingBusHasNoDrives) {
  primary.drives[0] = Disk(1000);
  primary.unplugged = true;
  controller.Probe(&pci);
  EXPECT_TRUE(controller.disks().empty());
  EXPECT_EQ(events.milliseconds, 0u);
}

TEST_F(AtaControllerTest, PacketDevicesAreSkipped) {
  primary.drives[0] = {.kind = SimulatedDrive::Kind::kPacket};
  secondary.drives[0] = {.kind = SimulatedDrive::Kind::kPacket};
  secondary.drives[1] = Disk(500);
  EXPECT_EQ(Probe().SectorCount().value, 500u);
}

TEST_F(AtaControllerTest, LongSectorsAreSkipped) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].sector_bytes = 4096;
  controller.Probe(&pci);
  EXPECT_TRUE(controller.disks().empty());
}

TEST_F(AtaControllerTest, ASlowDriveIsWaitedFor) {
  primary.drives[0] = Disk(1000);
  primary.busy_reads = 50;
  EXPECT_EQ(Probe().SectorCount().value, 1000u);
}

TEST_F(AtaControllerTest, BusMasteringIsEnabled) {
  primary.drives[0] = Disk(1000);
  EXPECT_TRUE(Probe().uses_dma());
  EXPECT_EQ(ide.bytes[0x04], 0x05);
}

TEST_F(AtaControllerTest, WithoutPciProgrammedIo) {
  primary.drives[0] = Disk(1000);
  controller.Probe(nullptr);
  ASSERT_EQ(controller.disks().size(), 1u);
  EXPECT_FALSE(controller.disks()[0]->uses_dma());
  ReadAndCheck(*controller.disks()[0], 0, 3);
}

TEST_F(AtaControllerTest, WithoutABusMasterProgrammedIo) {
  primary.drives[0] = Disk(1000);
  ide.Set8(0x09, 0x00);
  EXPECT_FALSE(Probe().uses_dma());
}

TEST_F(AtaControllerTest, ADriveWithoutASelectedModeGetsProgrammedIo) {
  primary.drives[0] = Disk(1000);
  primary.drives[0].dma = false;
  AtaDisk& disk = Probe();
  EXPECT_FALSE(disk.uses_dma());
  ReadAndCheck(disk, 5, 2);
}

TEST_F(AtaControllerTest, ASimplexBusMasterServesThePrimaryOnly) {
  primary.drives[0] = Disk(1000);
  secondary.drives[0] = Disk(1000);
  ports.Queue(0xC002, {0x80});
  controller.Probe(&pci);
  ASSERT_EQ(controller.disks().size(), 2u);
  EXPECT_TRUE(controller.disks()[0]->uses_dma());
  EXPECT_FALSE(controller.disks()[1]->uses_dma());
}

TEST_F(AtaControllerTest, InterruptsAreOffWhileProbingAndOnAfterwards) {
  primary.drives[0] = Disk(1000);
  Probe();
  EXPECT_EQ(ports.WritesTo(0x3F6).front(), 0x02u);
  EXPECT_EQ(ports.WritesTo(0x3F6).back(), 0x00u);
  EXPECT_EQ(ports.WritesTo(0x376).back(), 0x02u);
}

}  // namespace
}  // namespace fl::drivers
