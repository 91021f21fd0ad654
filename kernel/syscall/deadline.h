// Deadline: a call's time-out argument, as the scheduler wants it; and its alertable argument.
#pragma once

#include "kernel/kernel.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// Null for never; 0, and what is past, for at once.
inline Result<u64> ReadDeadline(u32 pointer) {
  if (pointer == 0) return kNever;
  const i64 timeout = TRY(ReadUser<i64>(pointer));
  return timeout == 0 ? u64(0) : TheKernel().clock.DeadlineFor(timeout);
}

/// A BOOLEAN.
inline Interruptible ReadAlertable(u32 argument) {
  return (argument & 0xFF) != 0 ? Interruptible::kAlertable : Interruptible::kYes;
}

}  // namespace fl::kernel
