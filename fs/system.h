// System: what a file system needs of the machine beside a disk: the date, and a place to sleep.
// Seam: declared here; implemented by the kernel and by the tests.
#pragma once

#include "kernel/base/units.h"

namespace fl::fs {

class System {
 public:
  /// NT time: units of 100 ns since 1601-01-01 UTC.
  virtual u64 Now() = 0;
  /// Puts the calling thread to sleep until WakeAll(channel). Waking without cause is allowed: the
  /// caller looks again.
  virtual void Sleep(const void* channel) = 0;
  virtual void WakeAll(const void* channel) = 0;

 protected:
  ~System() = default;
};

}  // namespace fl::fs
