// Timer: see timer.h.
#include "kernel/timer.h"

#include "kernel/process.h"

namespace fl::kernel {

void TimerQueue::Add(Timer& timer) {
  for (Timer& other : timers_) {
    if (other.due() > timer.due()) return timers_.InsertBefore(other, timer);
  }
  timers_.PushBack(timer);
}

void TimerQueue::Expire(u64 now) {
  while (Timer* first = timers_.front()) {
    if (first->due() > now) break;
    timers_.PopFront();
    first->Fire(*this, now);
  }
}

bool Timer::Set(TimerQueue& queue, Setting setting, u64 now) {
  const bool before = Cancel();
  signaled_ = false;
  setting_ = std::move(setting);
  if (setting_.due <= now) {
    Fire(queue, now);
  } else {
    queue.Add(*this);
  }
  return before;
}

bool Timer::Cancel() {
  if (is_set()) ListNode<DueTag>::Unlink();
  if (apc_.linked()) apc_.Unlink();
  return signaled_;
}

void Timer::Fire(TimerQueue& queue, u64 now) {
  Thread* const thread = setting_.thread.get();
  if (thread && (thread->ended() || thread->ending())) return;
  const u64 date = setting_.time_at_boot + setting_.due;
  if (setting_.period != 0) {
    // Periods that nobody saw pass are left out.
    setting_.due += setting_.period;
    if (setting_.due <= now) setting_.due = now + setting_.period;
    queue.Add(*this);
  }
  if (thread && !apc_.linked()) {
    apc_.call = {.routine = setting_.routine,
                 .arguments = {setting_.argument, u32(date), u32(date >> 32)}};
    thread->QueueCall(apc_);
  }
  const bool before = signaled_;
  signaled_ = true;
  if (!before) EndWaits(*this);
}

}  // namespace fl::kernel
