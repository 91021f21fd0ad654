// System calls: going on with other registers.
#include "kernel/kernel.h"
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

}  // namespace fl::kernel
