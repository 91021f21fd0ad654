// Scheduler: which thread runs. 32 priorities, round robin among equals, preemption in user mode only.
// Owns:        one reference for each thread that was started and has not ended.
// Invariants:  kernel code runs with interrupts disabled, so nothing here races; a switch happens only
//              where a thread sleeps, yields or ends, or on its way back to user mode. While no thread is
//              ready the last one's stack idles, zeroing free frames. An ended thread's stack is freed by
//              whoever runs next.
// Units:       times and deadlines are 100 ns since boot (Clock::SinceBoot). They are looked at every tick, so
//              a sleep ends at the first tick after its deadline: never early, and late by less than a tick.
#pragma once

#include "drivers/disk_events.h"
#include "kernel/thread.h"
#include "kernel/x86/page_table.h"
#include "mm/wait.h"

namespace fl::kernel {

inline constexpr u32 kTickHz = 1000;
/// What a millisecond is in times and deadlines.
inline constexpr u32 kMillisecond = 10'000;
inline constexpr u64 kNever = ~0ull;

class Scheduler final : public mm::Waiter, public drivers::DiskEvents {
 public:
  Scheduler(mm::PfnDatabase& frames, x86::SystemPageTable& system_table)
      : frames_(frames), system_table_(system_table) {}

  /// The caller becomes a thread.
  void Adopt(RefPtr<Thread> boot_thread);
  Thread& current() { return *current_; }
  bool running() const { return current_ != nullptr; }
  void Start(RefPtr<Thread> thread);

  /// Sleeps until WakeAll(channel), or for nothing.
  void Sleep(const void* channel) override { WaitUntil(channel, kNever, Interruptible::kNo); }
  void WakeAll(const void* channel) override;
  /// Sleeps until WakeAll(channel) or until `deadline`, whichever comes first.
  WakeReason WaitUntil(const void* channel, u64 deadline, Interruptible interruptible);
  bool Wait(const void* channel, u32 milliseconds) override;
  /// Sleeps until `wait` is finished, or until `deadline`. The wait's status; kTimeout,
  /// kThreadIsTerminating, kAlerted, kUserApc.
  Status WaitFor(kernel::Wait& wait, u64 deadline,
                 Interruptible interruptible = Interruptible::kYes);
  Status WaitFor(Object& object, u64 deadline, Interruptible interruptible = Interruptible::kYes);
  /// The statuses with which a call ends that slept.
  static Status StatusOf(WakeReason reason);
  /// `wait`, in which `thread` is, has been finished.
  void EndWait(Thread& thread, const kernel::Wait& wait);
  void Wake(const void* channel) override { WakeAll(channel); }
  /// Others of the same priority go first. False: there was nobody.
  bool Yield();
  /// 1 to kPriorities - 1.
  void SetPriority(Thread& thread, u8 priority);
  /// It is to end: an interruptible sleep is over.
  void InterruptSleep(Thread& thread);
  /// An alert has come for it. False: it is in no sleep that an alert ends.
  bool EndAlertableSleep(Thread& thread, WakeReason reason);
  [[noreturn]] void ExitCurrent();

  /// The timer interrupt, at time `now`.
  void OnTick(u64 now, bool from_user);
  /// The time of the last tick.
  u64 now() const { return now_; }
  /// The running thread should yield before it goes back to user mode.
  bool wants_switch() const { return wants_switch_; }
  u32 switches() const { return switches_; }

  /// Those that run, are ready or sleep; for the monitor.
  template <class Visit>
  void ForEachThread(Visit visit) {
    if (current_) visit(*current_);
    for (auto& list : ready_) {
      for (Thread& thread : list) visit(thread);
    }
    for (auto& list : asleep_) {
      for (Thread& thread : list) visit(thread);
    }
  }

  /// First thing on a new thread's stack.
  void FinishSwitch();

 private:
  static constexpr u32 kSleepLists = 32;
  static constexpr u32 kQuantumTicks = kTickHz / 50;
  static constexpr u32 kZeroedFramesWanted = 256;
  using SleepList = IntrusiveList<Thread, SleepTag>;

  SleepList& ListFor(const void* channel) {
    return asleep_[(reinterpret_cast<u32>(channel) >> 4) % kSleepLists];
  }
  void MakeReady(Thread& thread);
  void EndSleep(Thread& thread, WakeReason reason);
  void AddTimer(Thread& thread);
  Thread* TakeReady();
  void SwitchAway();

  mm::PfnDatabase& frames_;
  x86::SystemPageTable& system_table_;
  Thread* current_ = nullptr;
  RefPtr<Thread> ended_;
  IntrusiveList<Thread, ReadyTag> ready_[kPriorities];
  u32 ready_mask_ = 0;
  SleepList asleep_[kSleepLists];
  IntrusiveList<Thread, TimerTag> timers_;  ///< Earliest deadline first.
  u64 now_ = 0;
  u32 quantum_left_ = kQuantumTicks;
  bool wants_switch_ = false;
  u32 switches_ = 0;
};

}  // namespace fl::kernel
