// System calls: going on with other registers, and raising exceptions.
#include "kernel/kernel.h"
#include "kernel/nt/exception_dispatch.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/thread_context.h"

namespace fl::kernel {

/// The second argument, a BOOLEAN, has a call happen on the way that waits to be made.
Status NtContinue(const SystemCall& call) {
  ThreadContext context;
  TRY_STATUS(CopyFromUser(&context, call[0], sizeof(context)));
  Thread& thread = TheKernel().scheduler.current();
  SetContext(thread, context);
  if ((call[1] & 0xFF) != 0) (void)thread.alerts.Take();
  // A call's status goes to EAX: here it is the context's.
  return Status(thread.user_frame().eax);
}

Status NtRaiseException(const SystemCall& call) {
  const u32 record_pointer = call[0], context_pointer = call[1], first_chance = call[2];
  constexpr u32 kEip = offsetof(ThreadContext, eip);
  Thread& thread = TheKernel().scheduler.current();
  const auto record = TRY(ReadUser<ExceptionRecord>(record_pointer));
  const u32 eip = TRY(ReadUser<u32>(context_pointer + kEip));
  if (first_chance != 0 && call.process.user_mode()) {
    if (record.code == Code(Status::kBreakpoint)) {
      TRY_STATUS(WriteUser(context_pointer + kEip, eip - 1));
    }
    return RaiseAgain(thread, record_pointer, context_pointer);
  }
  const Status status = Status(record.code);
  const bool has_address =
      record.count >= 2 && (status == Status::kAccessViolation || status == Status::kInPageError);
  EndProcessByException(
      thread, VirtAddr(eip),
      {.status = status,
       .has_address = has_address,
       .address = VirtAddr(record.parameters[1]),
       .access = AccessOfParameter(record.parameters[0]),
       .cause = status == Status::kInPageError && record.count >= 3 ? Status(record.parameters[2])
                                                                    : Status::kSuccess});
  return Status::kSuccess;
}

}  // namespace fl::kernel
