// PciConfig: the PCI configuration space by mechanism #1 (an address port and a data port).
// Invariant: offsets of 16 and 32-bit registers are multiples of their size.
// Source: PCI Local Bus Specification 3.0, 3.2.2.3.2 and chapter 6.
#pragma once

#include <optional>

#include "drivers/port_io.h"

namespace fl::drivers {

struct PciAddress {
  u8 bus = 0;
  u8 device = 0;
  u8 function = 0;
  bool operator==(const PciAddress&) const = default;
};

struct PciBar {
  enum class Kind : u8 { kNone, kPorts, kMemory32, kMemory64 };
  Kind kind = Kind::kNone;
  u64 base = 0;
};

inline constexpr u8 kPciVendorId = 0x00;
inline constexpr u8 kPciDeviceId = 0x02;
inline constexpr u8 kPciCommand = 0x04;
inline constexpr u8 kPciProgrammingInterface = 0x09;
inline constexpr u8 kPciSubclass = 0x0A;
inline constexpr u8 kPciClass = 0x0B;
inline constexpr u8 kPciHeaderType = 0x0E;
inline constexpr u8 kPciBar0 = 0x10;
inline constexpr u8 kPciInterruptLine = 0x3C;

inline constexpr u16 kPciCommandPorts = 0x0001;
inline constexpr u16 kPciCommandMemory = 0x0002;
inline constexpr u16 kPciCommandBusMaster = 0x0004;

class PciConfig {
 public:
  explicit PciConfig(PortIo& ports) : ports_(ports) {}

  /// Without a PCI bus (ISA machines), nothing else here may be used.
  bool IsPresent();
  u8 Read8(PciAddress address, u8 offset);
  u16 Read16(PciAddress address, u8 offset);
  u32 Read32(PciAddress address, u8 offset);
  void Write8(PciAddress address, u8 offset, u8 value);
  void Write16(PciAddress address, u8 offset, u16 value);
  void Write32(PciAddress address, u8 offset, u32 value);

  /// The function of that class and subclass after `skip` others, in bus order, bridges followed.
  std::optional<PciAddress> Find(u8 device_class, u8 subclass, u32 skip = 0);
  /// `index` < 6. A 64-bit BAR takes two indices; its second one means nothing by itself.
  PciBar Bar(PciAddress address, u32 index);

 private:
  void Select(PciAddress address, u8 offset);

  PortIo& ports_;
};

}  // namespace fl::drivers
