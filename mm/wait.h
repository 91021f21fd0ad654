// Waiter: how mm/ lets a thread sleep until a page in transition has arrived.
// Seam: declared here; implemented by the kernel's scheduler and by a script in the tests.
#pragma once

namespace fl::mm {

class Waiter {
 public:
  /// Puts the calling thread to sleep until WakeAll(channel). No lock is held. Waking without cause is
  /// allowed: the caller looks again.
  virtual void Sleep(const void* channel) = 0;
  virtual void WakeAll(const void* channel) = 0;

 protected:
  ~Waiter() = default;
};

}  // namespace fl::mm
