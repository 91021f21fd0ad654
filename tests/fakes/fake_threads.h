// FakeThreads: the scheduler as mm/ sees it: threads that run one at a time and change only where
// one of them sleeps or yields; the kernel's own rule.
// Invariant: exactly one thread has the turn; which is next is drawn from the seed, so a run
//   repeats.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <random>
#include <vector>

#include "mm/wait.h"

namespace fl::test {

class FakeThreads final : public mm::Waiter {
 public:
  explicit FakeThreads(unsigned seed = 1) : random_(seed) {}

  /// Runs the bodies as threads, the first one first, until all have ended. Aborts if all sleep.
  void Run(std::vector<std::function<void()>> bodies);
  /// Lets the others run, as a disk read does. Without threads nothing happens.
  void Yield();

  void Sleep(const void* channel) override;
  void WakeAll(const void* channel) override;

  /// Outside Run a thread that sleeps calls this in place of other threads.
  std::function<void()> on_sleep;
  int sleeps = 0;
  int wakes = 0;

 private:
  struct Thread {
    const void* channel = nullptr;  ///< What it sleeps on; null: it can run.
    bool ended = false;
  };
  static constexpr int kNobody = -1;
  void PassTurn(std::unique_lock<std::mutex>& lock, int self);

  std::mt19937 random_;
  std::mutex mutex_;
  std::condition_variable turn_changed_;
  std::vector<Thread> threads_;
  int turn_ = kNobody;
};

}  // namespace fl::test
