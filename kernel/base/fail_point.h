// FailPoint: a place where an attempt can be made to fail on purpose: the n-th from now on, or that one
// and those after it. For fault injection (kernel/fault_injection.h) and for tests of failure paths.
// Cost: an addition and a comparison for each attempt; nothing here sleeps or allocates.
#pragma once

#include "kernel/base/units.h"

namespace fl {

class FailPoint {
 public:
  static constexpr u32 kForGood = 0x7FFFFFFF;

  /// Counts anew: `n` (1 to kForGood) - 1 attempts are tried, the `count` after them fail, all later ones
  /// are tried again.
  void Arm(u32 n, u32 count = 1) {
    attempts_ = 0;
    first_ = n - 1;
    count_ = count;
  }
  /// Counts anew, and nothing fails.
  void Disarm() { *this = FailPoint(); }

  /// One more attempt: is it one that fails?
  bool Fails() { return attempts_++ - first_ < count_; }

  /// Since Arm or Disarm.
  u32 attempts() const { return attempts_; }
  /// An attempt has failed.
  bool reached() const { return count_ != 0 && attempts_ > first_; }

 private:
  u32 attempts_ = 0;
  u32 first_ = 0;  ///< Attempts before the first that fails.
  u32 count_ = 0;
};

}  // namespace fl
