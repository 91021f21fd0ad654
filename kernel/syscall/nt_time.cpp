// System calls: clocks, sleeping, giving way.
#include "kernel/kernel.h"
#include "kernel/syscall/deadline.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// Without an interval, for ever: so Wine's kernelbase means INFINITE. NT has none of that.
Status NtDelayExecution(const SystemCall& call) {
  if (call[1] == 0 && !call.process.user_mode()) return Status::kAccessViolation;
  const u64 deadline = TRY(ReadDeadline(call[1]));
  Scheduler& scheduler = TheKernel().scheduler;
  const Thread& thread = scheduler.current();
  const WakeReason reason =
      scheduler.WaitUntil(&thread.saved_esp, deadline, ReadAlertable(call[0]));
  if (reason != WakeReason::kTimeout) return Scheduler::StatusOf(reason);
  if (deadline == 0) scheduler.Yield();
  return Status::kSuccess;
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
  return TheKernel().scheduler.Yield() ? Status::kSuccess : Status::kNoYieldPerformed;
}

}  // namespace fl::kernel
