// Channel 0 of the 8253.
// Source: Intel 8254 datasheet, "Mode 2: Rate generator".
#include "drivers/pit.h"

#include "kernel/base/assert.h"

namespace fl::drivers {
namespace {

constexpr u16 kChannel0 = 0x40;
constexpr u16 kControl = 0x43;

constexpr u8 kSelectChannel0 = 0x00;
constexpr u8 kLatchCount = 0x00;
constexpr u8 kLowThenHighByte = 0x30;
constexpr u8 kMode2 = 0x04;

constexpr u32 kMinHz = 19;
constexpr u32 kMaxHz = 100000;

}  // namespace

void Pit::Init(u32 hz) {
  KASSERT(hz >= kMinHz && hz <= kMaxHz);
  period_ = (kPitHz + hz / 2) / hz;
  ports_.Out8(kControl, kSelectChannel0 | kLowThenHighByte | kMode2);
  ports_.Out8(kChannel0, u8(period_));
  ports_.Out8(kChannel0, u8(period_ >> 8));
}

void Pit::OnTick() {
  ++ticks_;
  at_tick_ += period_;
}

u64 Pit::Counter() {
  const bool pending_before = pic_.IsPending(kIrqTimer);
  const u32 elapsed = Elapsed();
  bool unhandled_tick = pending_before;
  if (!pending_before && pic_.IsPending(kIrqTimer)) {
    // The tick came while this function ran, so the count is close to one of the period's ends, and
    // that end says whether it was read before or after.
    unhandled_tick = elapsed < period_ / 2;
  }
  const u64 now = at_tick_ + elapsed + (unhandled_tick ? period_ : 0);
  // A virtual machine may reload the counter some time before it raises the line.
  if (now > newest_) newest_ = now;
  return newest_;
}

/// Time since the last reload: the counter runs from `period_` down to 1.
u32 Pit::Elapsed() {
  ports_.Out8(kControl, kSelectChannel0 | kLatchCount);
  const u32 low = ports_.In8(kChannel0);
  const u32 count = low | u32(ports_.In8(kChannel0)) << 8;
  // Before the first reload the count may still be an older one.
  return count < period_ ? period_ - count : 0;
}

}  // namespace fl::drivers
