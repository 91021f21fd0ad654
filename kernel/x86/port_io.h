// PortIoX86: the processor's ports; implements drivers::PortIo.
#pragma once

#include "drivers/port_io.h"

namespace fl::x86 {

class PortIoX86 final : public drivers::PortIo {
 public:
  u8 In8(u16 port) override;
  u16 In16(u16 port) override;
  u32 In32(u16 port) override;
  void Out8(u16 port, u8 value) override;
  void Out16(u16 port, u16 value) override;
  void Out32(u16 port, u32 value) override;
  void InWords(u16 port, std::span<std::byte> bytes) override;
  void OutWords(u16 port, std::span<const std::byte> bytes) override;
  void OutBytes(u16 port, std::span<const std::byte> bytes) override;
};

}  // namespace fl::x86
