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
  u64 SystemTime() { return time_at_boot_ + SinceBoot(); }
  u64 PerformanceCounter() { return SinceBoot(); }
  static constexpr u32 kPerformanceFrequency = 10'000'000;

  /// The scheduler's tick at which an NT time-out is over: negative is from now on, positive a date.
  u64 DeadlineFor(i64 timeout, u64 now_ticks) {
    u64 left = 0;
    if (timeout < 0) {
      left = 0 - u64(timeout);
    } else if (const u64 now = SystemTime(); u64(timeout) > now) {
      left = u64(timeout) - now;
    } else {
      return now_ticks;
    }
    constexpr u32 kHundredNsPerTick = 10'000'000 / kTickHz;
    const u64 ticks = left / kHundredNsPerTick;
    // Rounded up, and the tick that runs already does not count.
    return ticks > kNever / 2 ? kNever - 1 : now_ticks + ticks + 2;
  }

 private:
  drivers::Pit& pit_;
  const u64 time_at_boot_;
};

}  // namespace fl::kernel
