// AnyHandle: the object that a call names whatever its type: by a handle, or by what stands for the caller's
// own process and thread.
#pragma once

#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/thread_handle.h"

namespace fl::kernel {

/// kInvalidHandle.
inline Result<HandleTable::Found> FindAny(const SystemCall& call, u32 handle) {
  if (handle == kCurrentProcess) {
    return HandleTable::Found{RefPtr<Object>(&call.process), kProcessAllAccess};
  }
  if (handle == kCurrentThread) {
    return HandleTable::Found{RefPtr<Object>(&TheKernel().scheduler.current()), kThreadAllAccess};
  }
  return call.process.handles().Find(handle);
}

}  // namespace fl::kernel
