// Clock: NT's two clocks over the machine's two: the date at boot, and a counter that never stops.
// Units: 100 ns; NT time since 1601-01-01 UTC, the performance counter since boot: Wine's DLLs have its
//        frequency compiled in.
#pragma once

#include "drivers/pit.h"
#include "kernel/scheduler.h"

namespace fl::kernel {

class Clock {
 public:
  Clock(drivers::Pit& pit, u64 time_at_boot) : pit_(pit), time_at_boot_(time_at_boot) {}

  u64 SinceBoot() { return drivers::PitTo100ns(pit_.Counter()); }
  u64 SystemTime() { return DateOf(SinceBoot()); }
  u64 DateOf(u64 since_boot) const { return time_at_boot_ + since_boot; }
  u64 PerformanceCounter() { return SinceBoot(); }
  static constexpr u32 kPerformanceFrequency = 10'000'000;

  /// When the last tick was; never later than SinceBoot().
  u64 AtTick() const { return drivers::PitTo100ns(pit_.at_tick()); }

  /// When an NT time-out is over, as SinceBoot() counts: negative is from now on, positive a date.
  u64 DeadlineFor(i64 timeout) {
    if (timeout > 0) return u64(timeout) > time_at_boot_ ? u64(timeout) - time_at_boot_ : 0;
    return SinceBoot() + (0 - u64(timeout));
  }

 private:
  drivers::Pit& pit_;
  const u64 time_at_boot_;
};

}  // namespace fl::kernel
