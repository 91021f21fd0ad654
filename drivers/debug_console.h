// DebugConsole: the one-port console of virtual machines: a byte that is written to it appears on
// the host's side at once.
// Source: Bochs User Manual, "port_e9_hack"; QEMU, device "isa-debugcon".
#pragma once

#include <cstddef>
#include <span>

#include "drivers/port_io.h"

namespace fl::drivers {

class DebugConsole {
 public:
  static constexpr u16 kDefaultPort = 0xE9;

  explicit DebugConsole(PortIo& ports, u16 port = kDefaultPort) : ports_(ports), port_(port) {}

  /// The port reads as its usual number; without the device it floats.
  bool IsPresent() { return ports_.In8(port_) == u8(kDefaultPort); }
  void Write(std::span<const std::byte> bytes) { ports_.OutBytes(port_, bytes); }

 private:
  PortIo& ports_;
  u16 port_;
};

}  // namespace fl::drivers
