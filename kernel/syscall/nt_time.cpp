// System calls: clocks, sleeping, giving way.
#include "kernel/kernel.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

Status NtDelayExecution(const SystemCall& call) {
  const i64 interval = TRY(ReadUser<i64>(call[1]));
  Scheduler& scheduler = TheKernel().scheduler;
  const u64 deadline = TheKernel().clock.DeadlineFor(interval, scheduler.ticks());
  if (interval == 0 || deadline <= scheduler.ticks()) {
    scheduler.Yield();
    return Status::kSuccess;
  }
  const Thread& thread = scheduler.current();
  const WakeReason reason = scheduler.WaitUntil(&thread.saved_esp, deadline, Interruptible::kYes);
  return reason == WakeReason::kTerminated ? Status::kProcessIsTerminating : Status::kSuccess;
}

Status NtGetCurrentProcessorNumber(const SystemCall&) {
  // There is one: this is its number, not a status.
  return Status::kSuccess;
}

Status NtQueryPerformanceCounter(const SystemCall& call) {
  const u32 counter = call[0], frequency = call[1];
  TRY_STATUS(ProbeForWrite(counter, sizeof(u64)));
  if (frequency) TRY_STATUS(WriteUser(frequency, u64(Clock::kPerformanceFrequency)));
  return WriteUser(counter, TheKernel().clock.PerformanceCounter());
}

Status NtQuerySystemTime(const SystemCall& call) {
  return WriteUser(call[0], TheKernel().clock.SystemTime());
}

Status NtYieldExecution(const SystemCall&) {
  TheKernel().scheduler.Yield();
  return Status::kSuccess;
}

}  // namespace fl::kernel
