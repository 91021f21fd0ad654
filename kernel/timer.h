// Timer: an object that is signalled when its time has come, once or every so often, and may then ask a thread to
// make a call. TimerQueue: those that are set, the next one first.
// Owns:        a timer keeps the thread that it asks; a queue owns nothing.
// Invariants:  in the queue <=> set and not due yet, or periodic. Set anew or cancelled, it takes back the call
//              that it has asked for and that has not been made.
// Semantics:   NtCreateTimer and its kin (Microsoft Learn, "Waitable Timer Objects"): setting makes it not
//              signalled, cancelling leaves it as it is; of a thread that has ended, nothing happens any more.
// Units:       100 ns since boot.
#pragma once

#include "kernel/named_objects.h"
#include "kernel/thread.h"

namespace fl::kernel {

enum class TimerKind : u8 { kNotification = 0, kSynchronization = 1 };

class Timer;
struct DueTag;

class TimerQueue {
 public:
  void Add(Timer& timer);
  /// The timer interrupt.
  void Expire(u64 now);

 private:
  IntrusiveList<Timer, DueTag> timers_;
};

class Timer final : public NamedObject, public ListNode<DueTag> {
 public:
  static constexpr ObjectType kType = ObjectType::kTimer;

  explicit Timer(TimerKind kind) : NamedObject(kType), kind_(kind) {}
  ~Timer() override { Cancel(); }

  struct Setting {
    u64 due = 0;
    u64 period = 0;         ///< 0: once.
    RefPtr<Thread> thread;  ///< Null: no call.
    u32 routine = 0, argument = 0;
    u64 time_at_boot = 0;  ///< The call is told the date.
  };
  /// Returns whether it was signalled. A time that is past is due at once.
  bool Set(TimerQueue& queue, Setting setting, u64 now);
  bool Cancel();

  bool signaled() const { return signaled_; }
  bool is_set() const { return ListNode<DueTag>::linked(); }
  u64 due() const { return setting_.due; }

  bool IsSignaledFor(const WaitingThread&) const override { return signaled_; }
  Status TakeFor(WaitingThread&) override {
    if (kind_ == TimerKind::kSynchronization) signaled_ = false;
    return Status::kSuccess;
  }

 private:
  friend class TimerQueue;
  /// It is due, and in no queue.
  void Fire(TimerQueue& queue, u64 now);

  const TimerKind kind_;
  bool signaled_ = false;
  Setting setting_;
  UserApc apc_;
};

}  // namespace fl::kernel
