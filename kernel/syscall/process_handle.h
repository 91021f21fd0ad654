// ProcessHandle: the process that a system call names: a handle, or -1 for the caller's own.
#pragma once

#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

inline constexpr u32 kCurrentProcess = 0xFFFFFFFF;
inline constexpr u32 kProcessTerminate = 0x0001;
inline constexpr u32 kProcessCreateThread = 0x0002;
inline constexpr u32 kProcessVmOperation = 0x0008;
inline constexpr u32 kProcessVmRead = 0x0010;
inline constexpr u32 kProcessVmWrite = 0x0020;
inline constexpr u32 kProcessDuplicateHandle = 0x0040;
inline constexpr u32 kProcessCreateProcess = 0x0080;
inline constexpr u32 kProcessSetInformation = 0x0200;
inline constexpr u32 kProcessQueryInformation = 0x0400;
inline constexpr u32 kProcessSuspendResume = 0x0800;
inline constexpr u32 kProcessQueryLimited = 0x1000;
inline constexpr u32 kProcessAllAccess = 0x1FFFFF;
inline constexpr GenericMapping kProcessMapping = {
    .read = 0x20410, .write = 0x20BEA, .execute = 0x121001, .all = kProcessAllAccess};

/// What is granted to who asks for `wanted`: whoever may query all may query a little.
constexpr u32 GrantedProcessAccess(u32 wanted) {
  const u32 granted = GrantedAccess(wanted, kProcessMapping);
  return (granted & kProcessQueryInformation) != 0 ? granted | kProcessQueryLimited : granted;
}

/// kInvalidHandle, kObjectTypeMismatch, kAccessDenied.
inline Result<RefPtr<Process>> FindProcess(const SystemCall& call, u32 handle, u32 access) {
  if (handle == kCurrentProcess) return RefPtr<Process>(&call.process);
  return call.process.handles().FindAs<Process>(handle, access);
}

/// The same, and it still has an address space: else kProcessIsTerminating.
inline Result<RefPtr<Process>> FindLiveProcess(const SystemCall& call, u32 handle, u32 access) {
  RefPtr<Process> process = TRY(FindProcess(call, handle, access));
  if (!process->has_space()) return Status::kProcessIsTerminating;
  return process;
}

}  // namespace fl::kernel
