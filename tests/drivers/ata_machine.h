// AtaMachine: two simulated channels, PCI, and the driver on top, for the tests of the ATA driver.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "drivers/ata_controller.h"
#include "tests/fakes/simulated_ata.h"
#include "tests/fakes/simulated_pci.h"

namespace fl::drivers {

struct AtaMachine : testing::Test {
  AtaMachine() {
    primary.AttachTo(ports);
    secondary.AttachTo(ports);
    events.Connect(primary, [this] { controller.OnInterrupt(14); });
    events.Connect(secondary, [this] { controller.OnInterrupt(15); });
    bus.Add(0, 0, 0).SetClass(0x06, 0x00);
    bus.Add(0, 1, 0).SetClass(0x06, 0x01).SetHeader(0x80);
    ide.SetClass(0x01, 0x01).Set8(0x09, 0x80).Set32(0x20, 0xC001).Set8(0x04, 0x01);
  }

  static fakes::SimulatedDrive Disk(u64 sectors) {
    return {.kind = fakes::SimulatedDrive::Kind::kDisk, .sectors = sectors};
  }
  /// The only disk.
  AtaDisk& Probe() {
    controller.Probe(&pci);
    EXPECT_EQ(controller.disks().size(), 1u);
    return *controller.disks()[0];
  }

  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  /// Page-aligned memory of exactly that size; lives as long as the test.
  std::span<std::byte> Memory(u32 bytes) {
    const u32 size = AlignUp(bytes, kPageSize);
    memory_blocks.emplace_back(static_cast<std::byte*>(std::aligned_alloc(kPageSize, size)));
    return {memory_blocks.back().get(), bytes};
  }
  static void ExpectSectors(std::span<const std::byte> bytes, u64 lba) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      if (bytes[i] == fakes::SimulatedAta::ByteOf(lba + i / 512, u32(i % 512))) continue;
      ASSERT_EQ(bytes[i], fakes::SimulatedAta::ByteOf(lba + i / 512, u32(i % 512)))
          << "byte " << i << " of the sectors from " << lba;
    }
  }
  /// Reads into one buffer and checks it.
  void ReadAndCheck(AtaDisk& disk, u64 lba, u32 sectors) {
    const std::span<std::byte> list[] = {Memory(sectors * 512)};
    ASSERT_EQ(disk.Read(Lba(lba), list), Status::kSuccess);
    ExpectSectors(list[0], lba);
  }

  fakes::ScriptedPorts ports;
  fakes::FakeDmaMemory dma_memory;
  fakes::FakeDiskEvents events;
  fakes::SimulatedPci bus{ports};
  fakes::SimulatedPci::Function& ide = bus.Add(0, 1, 1);
  fakes::SimulatedAta primary{0x1F0, 0x3F6, 0xC000, &dma_memory};
  fakes::SimulatedAta secondary{0x170, 0x376, 0xC008, &dma_memory};
  PciConfig pci{ports};
  AtaController controller{ports, events, dma_memory};
  std::vector<std::unique_ptr<std::byte, Free>> memory_blocks;
};

}  // namespace fl::drivers
