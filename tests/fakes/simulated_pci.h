// SimulatedPci: configuration space behind mechanism #1's two ports, for tests.
// Source: PCI Local Bus Specification 3.0, 3.2.2.3.2.
#pragma once

#include <array>
#include <map>

#include "tests/fakes/scripted_ports.h"

namespace fl::fakes {

class SimulatedPci final : public PortDevice {
 public:
  class Function {
   public:
    Function& Set8(u32 offset, u8 value) {
      bytes[offset] = value;
      return *this;
    }
    Function& Set32(u32 offset, u32 value) {
      for (u32 i = 0; i < 4; ++i) bytes[offset + i] = u8(value >> (8 * i));
      return *this;
    }
    Function& SetClass(u8 device_class, u8 subclass) {
      return Set8(0x0B, device_class).Set8(0x0A, subclass);
    }
    Function& SetHeader(u8 type) { return Set8(0x0E, type); }

    std::array<u8, 256> bytes = {0x86, 0x80, 0x10, 0x70};
  };

  explicit SimulatedPci(ScriptedPorts& ports) { ports.Attach(0xCF8, 8, *this); }

  Function& Add(u32 bus, u32 device, u32 function) {
    return functions_[bus << 8 | device << 3 | function];
  }

  u32 ReadPort(u16 port, u32 bytes) override {
    if (port < 0xCFC) return bytes == 4 ? address_ : 0xFFFFFFFF;
    const auto found = functions_.find(address_ >> 8 & 0xFFFF);
    if (!(address_ & 0x80000000) || found == functions_.end()) return 0xFFFFFFFF;
    u32 value = 0;
    for (u32 i = 0; i < bytes; ++i) value |= u32(found->second.bytes[Offset(port) + i]) << (8 * i);
    return value;
  }
  void WritePort(u16 port, u32 bytes, u32 value) override {
    if (port < 0xCFC) {
      if (bytes == 4) address_ = value & 0x80FFFFFC;
      return;
    }
    const auto found = functions_.find(address_ >> 8 & 0xFFFF);
    if (found == functions_.end()) return;
    for (u32 i = 0; i < bytes; ++i) found->second.bytes[Offset(port) + i] = u8(value >> (8 * i));
  }

 private:
  u32 Offset(u16 port) const { return (address_ & 0xFC) + (port - 0xCFC); }

  u32 address_ = 0;
  std::map<u32, Function> functions_;
};

}  // namespace fl::fakes
