// AtaController: the two ATA channels of a PC at their fixed ports, and the disks that were found
// there.
// Invariants: at most four disks, which live as long as the controller. Packet devices, and
// channels that PCI moved away from the fixed ports, are left alone.
// Sources: PCI IDE Controller Specification 1.0; "Programming Interface for Bus Master IDE
// Controller" 1.0.
#pragma once

#include <optional>
#include <span>

#include "drivers/ata_disk.h"
#include "drivers/ata_registers.h"
#include "drivers/pci_config.h"

namespace fl::drivers {

class AtaController {
 public:
  /// The object lies in memory that `memory` can translate and below 4 GiB: it holds the DMA
  /// tables.
  AtaController(PortIo& ports, DiskEvents& events, DmaMemory& memory);
  AtaController(const AtaController&) = delete;
  AtaController& operator=(const AtaController&) = delete;

  /// Finds the disks; once. `events` must be able to wait, so the timer runs; IRQ 14 and 15 may be
  /// masked until it returns. `pci` is null on a machine without PCI, which then gets no DMA.
  void Probe(PciConfig* pci);
  /// In probing order: primary master and slave, secondary master and slave.
  std::span<AtaDisk* const> disks() const { return {disks_, disk_count_}; }
  /// For kIrqPrimaryAta and kIrqSecondaryAta.
  void OnInterrupt(u32 irq);

 private:
  static constexpr u32 kChannels = 2;

  void AttachBusMaster(PciConfig& pci);

  PortIo& ports_;
  DmaMemory& memory_;
  AtaChannel channels_[kChannels];
  std::optional<AtaDisk> storage_[kChannels * ata::kDrivesPerChannel];
  AtaDisk* disks_[kChannels * ata::kDrivesPerChannel] = {};
  u32 disk_count_ = 0;
};

}  // namespace fl::drivers
