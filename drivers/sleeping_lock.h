// SleepingLock: a lock whose owner may sleep; waiters get it in the order in which they came.
// Invariants: a release hands the lock to the first waiter, so no newcomer overtakes it. Never used
// by interrupt handlers.
#pragma once

#include "drivers/disk_events.h"
#include "kernel/base/assert.h"
#include "kernel/base/intrusive_list.h"

namespace fl::drivers {

class SleepingLock {
 public:
  explicit SleepingLock(DiskEvents& events) : events_(events) {}
  SleepingLock(const SleepingLock&) = delete;
  SleepingLock& operator=(const SleepingLock&) = delete;

  void Acquire() {
    if (!held_) {
      held_ = true;
      return;
    }
    Waiter self;
    waiters_.PushBack(self);
    while (!self.owns) events_.Wait(&self, kLookAgainMilliseconds);
  }
  void Release() {
    KASSERT(held_);
    if (Waiter* next = waiters_.PopFront()) {
      next->owns = true;
      events_.Wake(next);
    } else {
      held_ = false;
    }
  }

 private:
  static constexpr u32 kLookAgainMilliseconds = 1000;
  struct Waiter : ListNode<Waiter> {
    bool owns = false;
  };

  DiskEvents& events_;
  bool held_ = false;
  IntrusiveList<Waiter> waiters_;
};

class SleepingLockGuard {
 public:
  explicit SleepingLockGuard(SleepingLock& lock) : lock_(lock) { lock_.Acquire(); }
  SleepingLockGuard(const SleepingLockGuard&) = delete;
  SleepingLockGuard& operator=(const SleepingLockGuard&) = delete;
  ~SleepingLockGuard() { lock_.Release(); }

 private:
  SleepingLock& lock_;
};

}  // namespace fl::drivers
