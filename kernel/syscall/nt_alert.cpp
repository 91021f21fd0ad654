// System calls: alerts: of a thread by its id, on which the locks of NT's user mode rest; of alertable waits; and
// the calls that a thread makes when it waits alertably (user APCs).
#include "kernel/kernel.h"
#include "kernel/syscall/deadline.h"
#include "kernel/syscall/thread_handle.h"

namespace fl::kernel {

/// One alert is kept for a thread that does not wait.
Status NtAlertThreadByThreadId(const SystemCall& call) {
  Thread* const thread = call.process.FindThread(call[0]);
  if (!thread) {
    for (Process& process : TheKernel().processes) {
      if (process.FindThread(call[0])) return Status::kAccessDenied;
    }
    return Status::kInvalidCid;
  }
  thread->alerted_by_id = true;
  TheKernel().scheduler.WakeAll(&thread->alerted_by_id);
  return Status::kSuccess;
}

/// The first argument tells debuggers what the thread waits for.
Status NtWaitForAlertByThreadId(const SystemCall& call) {
  Scheduler& scheduler = TheKernel().scheduler;
  bool& alerted = scheduler.current().alerted_by_id;
  const u64 deadline = TRY(ReadDeadline(call[1]));
  if (!alerted) {
    const WakeReason reason = scheduler.WaitUntil(&alerted, deadline, Interruptible::kYes);
    // It may have come first after a time-out, too.
    if (!alerted) return Scheduler::StatusOf(reason);
  }
  alerted = false;
  return Status::kAlerted;
}

Status NtAlertThread(const SystemCall& call) {
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadAlert));
  thread->Alert();
  return Status::kSuccess;
}

Status NtAlertResumeThread(const SystemCall& call) {
  const u32 count_pointer = call[1];
  if (count_pointer) TRY_STATUS(ProbeForWrite(count_pointer, sizeof(u32)));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSuspendResume));
  thread->Alert();
  const u32 count = thread->Resume();
  return count_pointer ? WriteUser(count_pointer, count) : Status::kSuccess;
}

/// A call that is found is made on the way back.
Status NtTestAlert(const SystemCall&) {
  const Status status = TheKernel().scheduler.current().alerts.Take();
  return status == Status::kAlerted ? status : Status::kSuccess;
}

Status NtQueueApcThread(const SystemCall& call) {
  const UserCall user_call{.routine = call[1], .arguments = {call[2], call[3], call[4]}};
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSetContext));
  if (thread->ending() || !thread->process()) return Status::kUnsuccessful;
  // Nobody would make the call.
  if (!thread->process()->user_mode()) return Status::kNotImplemented;
  return thread->QueueCall(user_call);
}

}  // namespace fl::kernel
