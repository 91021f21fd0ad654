// Pit: channel 0 of the 8253 timer: the periodic tick, and a clock between the ticks.
// Invariants: Counter() never goes backwards. It is exact while no more than one tick waits to be
// handled; ticks beyond that are lost to the PC's interrupt controller and so to this clock.
// Source: Intel 8254 datasheet (231164), mode 2 and the counter latch command, which the 8253 has
// too.
#pragma once

#include "drivers/pic.h"
#include "drivers/port_io.h"

namespace fl::drivers {

/// Input clock of the timer, and so the unit of Counter().
inline constexpr u32 kPitHz = 1193182;

/// A Counter() as time in units of 100 ns; the error is below one part in 10^9.
constexpr u64 PitTo100ns(u64 counter) {
  constexpr u32 kFractionBits = 28;
  constexpr u32 kFactor = u32((u64(10'000'000) << kFractionBits) / kPitHz);
  const u64 low = counter & 0xFFFFFFFF;
  const u64 high = counter >> 32;
  return ((low * kFactor) >> kFractionBits) + ((high * kFactor) << (32 - kFractionBits));
}

class Pit {
 public:
  /// `pic` tells whether a tick is waiting to be handled.
  Pit(PortIo& ports, Pic& pic) : ports_(ports), pic_(pic) {}

  /// Starts ticks at the frequency that is nearest to `hz`; 19 <= hz <= 100000. The caller unmasks
  /// the line.
  void Init(u32 hz);
  /// For every interrupt of the timer, before Counter() is asked in the same handler.
  void OnTick();
  /// Time since Init in units of 1 / kPitHz seconds.
  u64 Counter();
  /// What Counter() was at the last tick that was handled; costs nothing.
  u64 at_tick() const { return at_tick_; }
  u64 ticks() const { return ticks_; }
  /// One tick in units of Counter().
  u32 period() const { return period_; }

 private:
  u32 Elapsed();

  PortIo& ports_;
  Pic& pic_;
  u32 period_ = 0;
  u64 ticks_ = 0;
  u64 at_tick_ = 0;  ///< Counter() at the last handled tick.
  u64 newest_ = 0;   ///< The largest Counter() that anyone was told.
};

}  // namespace fl::drivers
