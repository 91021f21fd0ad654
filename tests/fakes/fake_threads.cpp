// FakeThreads: see fake_threads.h.
#include "tests/fakes/fake_threads.h"

#include <thread>

#include "kernel/base/assert.h"

namespace fl::test {

/// Gives the turn to a thread that can run, and waits until it is `self`'s again (unless it has
/// ended).
void FakeThreads::PassTurn(std::unique_lock<std::mutex>& lock, int self) {
  std::vector<int> ready;
  bool all_ended = true;
  for (int i = 0; i < int(threads_.size()); ++i) {
    if (threads_[i].ended) continue;
    all_ended = false;
    if (!threads_[i].channel && i != self) ready.push_back(i);
  }
  // Who could go on all the same does so only if nobody else can.
  if (ready.empty() && !threads_[self].ended && !threads_[self].channel) ready.push_back(self);
  KASSERT(all_ended || !ready.empty());
  turn_ = all_ended ? kNobody : ready[random_() % ready.size()];
  turn_changed_.notify_all();
  if (!threads_[self].ended) turn_changed_.wait(lock, [&] { return turn_ == self; });
}

void FakeThreads::Run(std::vector<std::function<void()>> bodies) {
  threads_.assign(bodies.size(), {});
  turn_ = 0;
  std::vector<std::thread> running;
  for (int i = 0; i < int(bodies.size()); ++i) {
    running.emplace_back([this, i, &bodies] {
      {
        std::unique_lock lock(mutex_);
        turn_changed_.wait(lock, [&] { return turn_ == i; });
      }
      bodies[i]();
      std::unique_lock lock(mutex_);
      threads_[i].ended = true;
      PassTurn(lock, i);
    });
  }
  for (std::thread& thread : running) thread.join();
  threads_.clear();
}

void FakeThreads::Yield() {
  if (threads_.empty()) return;
  std::unique_lock lock(mutex_);
  PassTurn(lock, turn_);
}

void FakeThreads::Sleep(const void* channel) {
  ++sleeps;
  if (threads_.empty()) {
    KASSERT(on_sleep);  // Nobody could ever wake it.
    on_sleep();
    return;
  }
  std::unique_lock lock(mutex_);
  threads_[turn_].channel = channel;
  PassTurn(lock, turn_);
}

void FakeThreads::WakeAll(const void* channel) {
  ++wakes;
  for (Thread& thread : threads_) {
    if (thread.channel == channel) thread.channel = nullptr;
  }
}

}  // namespace fl::test
