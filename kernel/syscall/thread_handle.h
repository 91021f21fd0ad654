// ThreadHandle: the thread that a system call names: a handle, or -2 for the caller.
#pragma once

#include "kernel/kernel.h"
#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

inline constexpr u32 kCurrentThread = 0xFFFFFFFE;
inline constexpr u32 kThreadTerminate = 0x0001;
inline constexpr u32 kThreadSuspendResume = 0x0002;
inline constexpr u32 kThreadAlert = 0x0004;
inline constexpr u32 kThreadGetContext = 0x0008;
inline constexpr u32 kThreadSetContext = 0x0010;
inline constexpr u32 kThreadSetInformation = 0x0020;
inline constexpr u32 kThreadQueryInformation = 0x0040;
inline constexpr u32 kThreadSetToken = 0x0080;  // THREAD_SET_THREAD_TOKEN
inline constexpr u32 kThreadSetLimited = 0x0400;
inline constexpr u32 kThreadQueryLimited = 0x0800;
inline constexpr u32 kThreadAllAccess = 0x1FFFFF;
inline constexpr GenericMapping kThreadMapping = {
    .read = 0x20048, .write = 0x20437, .execute = 0x121800, .all = kThreadAllAccess};

/// What is granted to who asks for `wanted`: whoever may query or set all may query or set a little.
constexpr u32 GrantedThreadAccess(u32 wanted) {
  u32 granted = GrantedAccess(wanted, kThreadMapping);
  if ((granted & kThreadQueryInformation) != 0) granted |= kThreadQueryLimited;
  if ((granted & kThreadSetInformation) != 0) granted |= kThreadSetLimited;
  return granted;
}

/// kInvalidHandle, kObjectTypeMismatch, kAccessDenied.
inline Result<RefPtr<Thread>> FindThread(const SystemCall& call, u32 handle, u32 access) {
  if (handle == kCurrentThread) return RefPtr<Thread>(&TheKernel().scheduler.current());
  return call.process.handles().FindAs<Thread>(handle, access);
}

}  // namespace fl::kernel
