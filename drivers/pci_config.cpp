// PCI configuration mechanism #1.
// Source: PCI Local Bus Specification 3.0, 3.2.2.3.2; PCI-to-PCI Bridge Architecture Specification
// 1.2, 3.2.5 (bus numbers).
#include "drivers/pci_config.h"

#include "kernel/base/assert.h"

namespace fl::drivers {
namespace {

constexpr u16 kConfigAddress = 0xCF8;
constexpr u16 kConfigData = 0xCFC;
constexpr u32 kEnable = 0x80000000;

constexpr u16 kNoVendor = 0xFFFF;
constexpr u8 kMultipleFunctions = 0x80;
constexpr u8 kHeaderKind = 0x7F;
constexpr u8 kBridgeHeader = 0x01;
constexpr u8 kSubordinateBus = 0x1A;
constexpr u32 kDevicesPerBus = 32;
constexpr u32 kFunctionsPerDevice = 8;
constexpr u32 kBars = 6;

constexpr u32 kBarPorts = 0x1;
constexpr u32 kBarPortsMask = 0xFFFFFFFC;
constexpr u32 kBarMemoryMask = 0xFFFFFFF0;
constexpr u32 kBarMemoryKind = 0x6;
constexpr u32 kBarMemory64 = 0x4;

}  // namespace

bool PciConfig::IsPresent() {
  const u32 saved = ports_.In32(kConfigAddress);
  ports_.Out32(kConfigAddress, kEnable);
  const bool present = ports_.In32(kConfigAddress) == kEnable;
  if (present) ports_.Out32(kConfigAddress, saved);
  return present;
}

u8 PciConfig::Read8(PciAddress address, u8 offset) {
  Select(address, offset);
  return ports_.In8(u16(kConfigData + (offset & 3)));
}

u16 PciConfig::Read16(PciAddress address, u8 offset) {
  KASSERT(offset % 2 == 0);
  Select(address, offset);
  return ports_.In16(u16(kConfigData + (offset & 2)));
}

u32 PciConfig::Read32(PciAddress address, u8 offset) {
  KASSERT(offset % 4 == 0);
  Select(address, offset);
  return ports_.In32(kConfigData);
}

void PciConfig::Write8(PciAddress address, u8 offset, u8 value) {
  Select(address, offset);
  ports_.Out8(u16(kConfigData + (offset & 3)), value);
}

void PciConfig::Write16(PciAddress address, u8 offset, u16 value) {
  KASSERT(offset % 2 == 0);
  Select(address, offset);
  ports_.Out16(u16(kConfigData + (offset & 2)), value);
}

void PciConfig::Write32(PciAddress address, u8 offset, u32 value) {
  KASSERT(offset % 4 == 0);
  Select(address, offset);
  ports_.Out32(kConfigData, value);
}

std::optional<PciAddress> PciConfig::Find(u8 device_class, u8 subclass, u32 skip) {
  u32 last_bus = 0;
  for (u32 bus = 0; bus <= last_bus; ++bus) {
    for (u32 device = 0; device < kDevicesPerBus; ++device) {
      u32 functions = 1;
      for (u32 function = 0; function < functions; ++function) {
        const PciAddress address{u8(bus), u8(device), u8(function)};
        if (Read16(address, kPciVendorId) == kNoVendor) continue;
        const u8 header = Read8(address, kPciHeaderType);
        if (function == 0 && (header & kMultipleFunctions)) functions = kFunctionsPerDevice;
        if ((header & kHeaderKind) == kBridgeHeader) {
          const u32 behind = Read8(address, kSubordinateBus);
          if (behind > last_bus) last_bus = behind;
        }
        if (Read8(address, kPciClass) != device_class) continue;
        if (Read8(address, kPciSubclass) != subclass) continue;
        if (skip-- == 0) return address;
      }
    }
  }
  return std::nullopt;
}

PciBar PciConfig::Bar(PciAddress address, u32 index) {
  KASSERT(index < kBars);
  const u8 offset = u8(kPciBar0 + index * 4);
  const u32 low = Read32(address, offset);
  if (low & kBarPorts) {
    const u32 base = low & kBarPortsMask;
    return base ? PciBar{PciBar::Kind::kPorts, base} : PciBar{};
  }
  u64 base = low & kBarMemoryMask;
  if ((low & kBarMemoryKind) == kBarMemory64 && index + 1 < kBars) {
    base |= u64(Read32(address, u8(offset + 4))) << 32;
    return base ? PciBar{PciBar::Kind::kMemory64, base} : PciBar{};
  }
  return base ? PciBar{PciBar::Kind::kMemory32, base} : PciBar{};
}

void PciConfig::Select(PciAddress address, u8 offset) {
  ports_.Out32(kConfigAddress, kEnable | u32(address.bus) << 16 | u32(address.device) << 11 |
                                   u32(address.function) << 8 | (offset & 0xFC));
}

}  // namespace fl::drivers
