// The sleeping lock, by real threads of which one runs at a time, as in the kernel.
#include "drivers/sleeping_lock.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace fl::drivers {
namespace {

/// `kernel` is held by the thread that runs; a sleeper gives it up.
class ThreadedEvents final : public DiskEvents {
 public:
  bool Wait(const void* channel, u32) override {
    ++sleepers;
    changed.notify_all();
    changed.wait(kernel, [&] { return woken.contains(channel) || time_runs_out; });
    --sleepers;
    time_runs_out = false;
    return woken.erase(channel) != 0;
  }
  void Wake(const void* channel) override {
    woken.insert(channel);
    changed.notify_all();
  }
  void AwaitSleepers(u32 count) {
    changed.wait(kernel, [&] { return sleepers == count; });
  }

  std::mutex kernel;
  std::condition_variable_any changed;
  std::set<const void*> woken;
  u32 sleepers = 0;
  bool time_runs_out = false;
};

TEST(SleepingLock, IsFreeAgainAfterEachGuard) {
  ThreadedEvents events;
  SleepingLock lock(events);
  for (int i = 0; i < 3; ++i) SleepingLockGuard guard(lock);
  EXPECT_EQ(events.sleepers, 0u);
}

TEST(SleepingLock, ServesInTheOrderOfArrival) {
  ThreadedEvents events;
  SleepingLock lock(events);
  std::vector<u32> order;
  std::vector<std::thread> threads;
  {
    std::unique_lock kernel(events.kernel);
    lock.Acquire();
    for (u32 i = 0; i < 5; ++i) {
      threads.emplace_back([&, i] {
        std::unique_lock own_kernel(events.kernel);
        SleepingLockGuard guard(lock);
        order.push_back(i);
      });
      events.AwaitSleepers(i + 1);
    }
    lock.Release();
    // The lock already belongs to the first waiter: who comes now must sleep behind the last.
    lock.Acquire();
    order.push_back(99);
    lock.Release();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<u32>{0, 1, 2, 3, 4, 99}));
}

TEST(SleepingLock, AWaitWhoseTimeRanOutGoesOnWaiting) {
  ThreadedEvents events;
  SleepingLock lock(events);
  bool got_it = false;
  std::thread thread;
  {
    std::unique_lock kernel(events.kernel);
    lock.Acquire();
    thread = std::thread([&] {
      std::unique_lock own_kernel(events.kernel);
      SleepingLockGuard guard(lock);
      got_it = true;
    });
    events.AwaitSleepers(1);
    events.time_runs_out = true;
    events.changed.notify_all();
    events.changed.wait(events.kernel, [&] { return !events.time_runs_out; });
    events.AwaitSleepers(1);
    EXPECT_FALSE(got_it);
    lock.Release();
  }
  thread.join();
  EXPECT_TRUE(got_it);
}

}  // namespace
}  // namespace fl::drivers
