// Pic: the pair of 8259 interrupt controllers of a PC; IRQ 0-7 on the master, 8-15 on the slave.
// Invariants: the cascade line is never masked once Init ran; every IRQ that Accept took gets
// exactly one EndOfInterrupt; an IRQ that Accept refused gets none.
// Source: Intel 8259A datasheet (231468); IBM PC/AT Technical Reference (ports, cascade on IRQ 2).
#pragma once

#include "drivers/port_io.h"

namespace fl::drivers {

inline constexpr u32 kIrqTimer = 0;
inline constexpr u32 kIrqKeyboard = 1;
inline constexpr u32 kIrqCascade = 2;
inline constexpr u32 kIrqCom2 = 3;
inline constexpr u32 kIrqCom1 = 4;
inline constexpr u32 kIrqPrimaryAta = 14;
inline constexpr u32 kIrqSecondaryAta = 15;
inline constexpr u32 kIrqCount = 16;

class Pic {
 public:
  explicit Pic(PortIo& ports) : ports_(ports) {}

  /// IRQ n arrives as vector first_vector + n; `first_vector` is a multiple of 8. Every line is
  /// masked.
  void Init(u8 first_vector);
  void Mask(u32 irq);
  void Unmask(u32 irq);
  /// First thing in the handler. False: the line fell again before it was acknowledged (IRQ 7 and
  /// 15 only); there is nothing to handle and nothing to end.
  bool Accept(u32 irq);
  void EndOfInterrupt(u32 irq);
  /// Is the line raised and not yet delivered (masked, or interrupts are disabled)?
  bool IsPending(u32 irq);

 private:
  void WriteMasks();
  u8 ReadRegister(u32 irq, u8 which);

  PortIo& ports_;
  u16 masks_ = 0xFFFF;
};

}  // namespace fl::drivers
