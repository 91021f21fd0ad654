// PortIo: the processor's I/O ports, as drivers see them.
// Seam: declared here; implemented by kernel/x86 and by scripted registers in the tests.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/base/units.h"

namespace fl::drivers {

class PortIo {
 public:
  virtual u8 In8(u16 port) = 0;
  virtual u16 In16(u16 port) = 0;
  virtual u32 In32(u16 port) = 0;
  virtual void Out8(u16 port, u8 value) = 0;
  virtual void Out16(u16 port, u16 value) = 0;
  virtual void Out32(u16 port, u32 value) = 0;
  /// 16-bit words from or to one port; `bytes` has an even size.
  virtual void InWords(u16 port, std::span<std::byte> bytes) = 0;
  virtual void OutWords(u16 port, std::span<const std::byte> bytes) = 0;
  virtual void OutBytes(u16 port, std::span<const std::byte> bytes) = 0;

 protected:
  ~PortIo() = default;
};

}  // namespace fl::drivers
