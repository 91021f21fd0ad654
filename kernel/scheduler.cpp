// Scheduler: see scheduler.h. SwitchAway is the only place where one thread is left for another.
#include "kernel/scheduler.h"

#include "kernel/kernel.h"
#include "kernel/sync_objects.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/trap.h"

namespace fl::kernel {

void Scheduler::Adopt(RefPtr<Thread> boot_thread) {
  KASSERT(!current_);
  current_ = boot_thread.Release();
  current_->state = ThreadState::kRunning;
}

void Scheduler::Start(RefPtr<Thread> thread) {
  KASSERT(thread->state == ThreadState::kNew);
  MakeReady(*thread.Release());
}

void Scheduler::MakeReady(Thread& thread) {
  thread.state = ThreadState::kReady;
  ready_[thread.priority].PushBack(thread);
  ready_mask_ |= 1u << thread.priority;
  if (thread.priority > current_->priority) wants_switch_ = true;
}

Thread* Scheduler::TakeReady() {
  if (ready_mask_ == 0) return nullptr;
  const u32 priority = 31 - u32(__builtin_clz(ready_mask_));
  Thread* thread = ready_[priority].PopFront();
  if (ready_[priority].empty()) ready_mask_ &= ~(1u << priority);
  return thread;
}

void Scheduler::SwitchAway() {
  Thread* next = TakeReady();
  while (!next) {
    // Interrupts that wait already may make a thread ready; only then is there time for zeroing.
    x86::TakePendingInterrupts();
    next = TakeReady();
    if (next) break;
    const bool zeroed =
        frames_.count(mm::FrameUse::kZeroed) < kZeroedFramesWanted && frames_.ZeroOneFreeFrame();
    if (!zeroed) x86::WaitForInterrupt();
    next = TakeReady();
  }
  quantum_left_ = kQuantumTicks;
  wants_switch_ = false;
  next->state = ThreadState::kRunning;
  Thread* const previous = current_;
  if (next == previous) return;
  current_ = next;
  ++switches_;
  if (next->process() && next->process()->page_table()) {
    if (previous->process() != next->process()) next->process()->page_table()->Activate();
    x86::SetTeb(next->teb);
    x86::RestoreFpu(next->fpu);
  } else {
    system_table_.Activate();
  }
  x86::SetKernelStack(next->stack_top());
  x86::SwitchContext(&previous->saved_esp, next->saved_esp);
  FinishSwitch();
}

void Scheduler::FinishSwitch() {
  if (!ended_) return;
  const RefPtr<Thread> ended = std::move(ended_);
  ended->FreeStack();
}

bool Scheduler::Yield() {
  wants_switch_ = false;
  quantum_left_ = kQuantumTicks;
  if (ready_mask_ >> current_->priority == 0) return false;
  if (current_->process()) x86::SaveFpu(current_->fpu);
  MakeReady(*current_);
  SwitchAway();
  return true;
}

WakeReason Scheduler::WaitUntil(const void* channel, u64 deadline, Interruptible interruptible) {
  Thread& thread = *current_;
  if (interruptible != Interruptible::kNo && thread.ending()) return WakeReason::kTerminated;
  if (interruptible == Interruptible::kAlertable) {
    const Status alert = thread.alerts.Take();
    if (alert == Status::kAlerted) return WakeReason::kAlerted;
    if (alert == Status::kUserApc) return WakeReason::kUserApc;
  }
  if (deadline <= now_) return WakeReason::kTimeout;
  if (thread.process()) x86::SaveFpu(thread.fpu);
  thread.state = ThreadState::kAsleep;
  thread.channel = channel;
  thread.interruptible = interruptible;
  thread.deadline = deadline;
  ListFor(channel).PushBack(thread);
  if (deadline != kNever) AddTimer(thread);
  SwitchAway();
  return thread.wake_reason;
}

bool Scheduler::Wait(const void* channel, u32 milliseconds) {
  // Two ticks more: the time of the last one is that much old.
  const u64 deadline = now_ + u64(milliseconds + 2 * 1000 / kTickHz) * kMillisecond;
  return WaitUntil(channel, deadline, Interruptible::kNo) != WakeReason::kTimeout;
}

void Scheduler::SetPriority(Thread& thread, u8 priority) {
  KASSERT(priority != 0 && priority < kPriorities);
  if (thread.state != ThreadState::kReady) {
    thread.priority = priority;
    // Somebody may be more urgent than the caller now.
    if (&thread == current_ && ready_mask_ >> priority > 1) wants_switch_ = true;
    return;
  }
  IntrusiveList<Thread, ReadyTag>::Remove(thread);
  if (ready_[thread.priority].empty()) ready_mask_ &= ~(1u << thread.priority);
  thread.priority = priority;
  MakeReady(thread);
}

Status Scheduler::StatusOf(WakeReason reason) {
  switch (reason) {
    case WakeReason::kWoken:
      return Status::kSuccess;
    case WakeReason::kTimeout:
      return Status::kTimeout;
    case WakeReason::kTerminated:
      return Status::kThreadIsTerminating;
    case WakeReason::kAlerted:
      return Status::kAlerted;
    case WakeReason::kUserApc:
      return Status::kUserApc;
  }
  return Status::kSuccess;
}

Status Scheduler::WaitFor(kernel::Wait& wait, u64 deadline, Interruptible interruptible) {
  if (wait.TryFinish()) return wait.status();
  current_->wait = &wait;
  wait.Begin();
  const WakeReason reason = WaitUntil(&wait, deadline, interruptible);
  wait.Cancel();
  current_->wait = nullptr;
  // After a time-out, an object may have come first all the same.
  if (wait.finished()) return wait.status();
  return StatusOf(reason);
}

Status Scheduler::WaitFor(Object& object, u64 deadline, Interruptible interruptible) {
  WaitBlock block;
  block.object = &object;
  kernel::Wait wait(*current_, WaitKind::kAny, {&block, 1});
  return WaitFor(wait, deadline, interruptible);
}

void Scheduler::EndWait(Thread& thread, const kernel::Wait& wait) {
  if (thread.state == ThreadState::kAsleep && thread.channel == &wait) {
    EndSleep(thread, WakeReason::kWoken);
  }
}

void Scheduler::AddTimer(Thread& thread) {
  Thread* later = nullptr;
  for (Thread& other : timers_) {
    if (other.deadline > thread.deadline) {
      later = &other;
      break;
    }
  }
  if (later) {
    timers_.InsertBefore(*later, thread);
  } else {
    timers_.PushBack(thread);
  }
}

void Scheduler::EndSleep(Thread& thread, WakeReason reason) {
  SleepList::Remove(thread);
  if (static_cast<ListNode<TimerTag>&>(thread).linked()) {
    IntrusiveList<Thread, TimerTag>::Remove(thread);
  }
  thread.wake_reason = reason;
  thread.channel = nullptr;
  MakeReady(thread);
}

void Scheduler::WakeAll(const void* channel) {
  for (Thread& thread : ListFor(channel)) {
    if (thread.channel == channel) EndSleep(thread, WakeReason::kWoken);
  }
}

void Scheduler::InterruptSleep(Thread& thread) {
  // From now on no object is spent on it.
  if (thread.wait) thread.wait->Cancel();
  if (thread.state == ThreadState::kAsleep && thread.interruptible != Interruptible::kNo) {
    EndSleep(thread, WakeReason::kTerminated);
  }
}

bool Scheduler::EndAlertableSleep(Thread& thread, WakeReason reason) {
  const bool alertable = thread.interruptible == Interruptible::kAlertable;
  if (thread.state != ThreadState::kAsleep || !alertable) return false;
  if (thread.wait) thread.wait->Cancel();
  EndSleep(thread, reason);
  return true;
}

void Scheduler::OnTick(u64 now, bool from_user) {
  if (from_user) current_->user_time += now - now_;
  now_ = now;
  while (Thread* first = timers_.front()) {
    if (first->deadline > now) break;
    EndSleep(*first, WakeReason::kTimeout);
  }
  if (quantum_left_ > 0) --quantum_left_;
  if (quantum_left_ == 0 && current_ && ready_mask_ >> current_->priority != 0)
    wants_switch_ = true;
}

void Scheduler::ExitCurrent() {
  Thread& thread = *current_;
  thread.state = ThreadState::kEnded;
  thread.exit_time = TheKernel().clock.SystemTime();
  AbandonMutants(thread);
  EndWaits(thread);
  // The scheduler's own reference: given up by whoever runs next, on another stack than this one.
  ended_ = AdoptRef(&thread);
  SwitchAway();
  __builtin_unreachable();
}

}  // namespace fl::kernel
