// DiskEvents and DmaMemory: what a disk driver needs of the kernel: a place to sleep, and the
// physical address of what it is given.
// Seams: declared here; implemented by the kernel (before its scheduler runs threads, by an idle
// loop with interrupts enabled) and by the tests.
#pragma once

#include "kernel/base/units.h"

namespace fl::drivers {

class DiskEvents {
 public:
  /// Sleeps until Wake(channel) or until the time ran out (then false). Interrupts are disabled
  /// from before the call until the caller counts as a sleeper, so a wake-up for what it has not
  /// yet seen is never lost. May also return true for no reason: callers look again.
  virtual bool Wait(const void* channel, u32 milliseconds) = 0;
  /// Wakes all that sleep on the channel. Called by interrupt handlers too.
  virtual void Wake(const void* channel) = 0;

 protected:
  ~DiskEvents() = default;
};

class DmaMemory {
 public:
  /// Of mapped, resident memory; contiguous within a page only.
  virtual PhysAddr PhysicalOf(const void* memory) = 0;

 protected:
  ~DmaMemory() = default;
};

}  // namespace fl::drivers
