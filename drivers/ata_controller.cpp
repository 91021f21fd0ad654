// Finding disks.
// Sources: ATA/ATAPI-6, 9.12 (signatures); PCI IDE Controller Specification 1.0, 2.1.
#include "drivers/ata_controller.h"

#include "drivers/pic.h"
#include "kernel/base/log.h"

namespace fl::drivers {
namespace {

constexpr u8 kMassStorage = 0x01;
constexpr u8 kIde = 0x01;
constexpr u8 kInterfaceNativePrimary = 0x01;
constexpr u8 kInterfaceNativeSecondary = 0x04;
constexpr u8 kInterfaceBusMaster = 0x80;
constexpr u32 kBusMasterBar = 4;

constexpr AtaChannelPorts kPrimary{ata::kPrimaryCommandBlock, ata::kPrimaryControl};
constexpr AtaChannelPorts kSecondary{ata::kSecondaryCommandBlock, ata::kSecondaryControl};

}  // namespace

AtaController::AtaController(PortIo& ports, DiskEvents& events, DmaMemory& memory)
    : ports_(ports),
      memory_(memory),
      channels_{{ports, events, kPrimary}, {ports, events, kSecondary}} {}

void AtaController::Probe(PciConfig* pci) {
  KASSERT(disk_count_ == 0);
  if (pci) AttachBusMaster(*pci);
  for (u32 channel = 0; channel < kChannels; ++channel) {
    bool found = false;
    for (u32 drive = 0; drive < ata::kDrivesPerChannel; ++drive) {
      std::byte data[kSectorSize];
      if (!channels_[channel].Identify(drive, data)) continue;
      found = true;
      const Result<AtaIdentity> identity = ParseAtaIdentity(data);
      if (!identity.ok()) {
        Log(LogLevel::kWarning, "ata%u.%u: a drive of an unknown kind; left alone", channel, drive);
        continue;
      }
      std::optional<AtaDisk>& place = storage_[disk_count_];
      place.emplace(channels_[channel], channel, drive, *identity);
      disks_[disk_count_++] = &*place;
      Log(LogLevel::kInfo, "ata%u.%u: %s, %llu sectors, %s", channel, drive, identity->model,
          static_cast<unsigned long long>(identity->sectors),
          place->uses_dma() ? "DMA" : "programmed I/O");
    }
    if (found) channels_[channel].EnableInterrupts();
  }
}

void AtaController::OnInterrupt(u32 irq) {
  KASSERT(irq == kIrqPrimaryAta || irq == kIrqSecondaryAta);
  channels_[irq - kIrqPrimaryAta].OnInterrupt();
}

void AtaController::AttachBusMaster(PciConfig& pci) {
  const std::optional<PciAddress> ide = pci.Find(kMassStorage, kIde);
  if (!ide) return;
  const u8 interface = pci.Read8(*ide, kPciProgrammingInterface);
  const PciBar bar = pci.Bar(*ide, kBusMasterBar);
  if (!(interface & kInterfaceBusMaster) || bar.kind != PciBar::Kind::kPorts) return;
  const u16 command = pci.Read16(*ide, kPciCommand);
  pci.Write16(*ide, kPciCommand, command | kPciCommandPorts | kPciCommandBusMaster);

  const u16 base = u16(bar.base);
  if (!(interface & kInterfaceNativePrimary)) channels_[0].AttachBusMaster(memory_, base);
  // A simplex controller can serve only one channel at a time, and the channels do not know each
  // other.
  const bool simplex = ports_.In8(u16(base + ata::kBusMasterStatus)) & ata::kBusMasterSimplex;
  if (!(interface & kInterfaceNativeSecondary) && !simplex) {
    channels_[1].AttachBusMaster(memory_, u16(base + ata::kBusMasterPortsPerChannel));
  }
}

}  // namespace fl::drivers
