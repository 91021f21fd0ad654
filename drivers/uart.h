// Uart: a 16550 serial port (8250 and 16450 work too): 8 data bits, no parity, 1 stop bit.
// Invariants: no wait is unbounded: bytes that a stuck port does not take are dropped. Only the
// receive interrupt is ever enabled.
// Source: National Semiconductor PC16550D datasheet.
#pragma once

#include <cstddef>
#include <span>

#include "drivers/port_io.h"

namespace fl::drivers {

inline constexpr u16 kCom1 = 0x3F8;
inline constexpr u16 kCom2 = 0x2F8;

class Uart {
 public:
  /// `base`: the first of its eight ports.
  Uart(PortIo& ports, u16 base) : ports_(ports), base_(base) {}

  /// False: there is no serial port, and the other members must not be used. Interrupts are
  /// disabled.
  bool Init(u32 baud);
  bool CanRead();
  /// The oldest byte; only after CanRead.
  u8 Read();
  void Write(std::span<const std::byte> bytes);
  void EnableReceiveInterrupt();
  void DisableReceiveInterrupt();

 private:
  u8 In(u16 offset) { return ports_.In8(u16(base_ + offset)); }
  void Out(u16 offset, u8 value) { ports_.Out8(u16(base_ + offset), value); }
  bool LoopsBack();
  bool WaitForTransmitter();

  PortIo& ports_;
  u16 base_;
  u32 fifo_bytes_ = 1;
  bool stuck_ = false;  ///< The last Write ran out of patience.
};

}  // namespace fl::drivers
