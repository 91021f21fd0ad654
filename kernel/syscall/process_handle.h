// ProcessHandle: the process that a system call names: a handle, or -1 for the caller's own.
#pragma once

#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

inline constexpr u32 kCurrentProcess = 0xFFFFFFFF;
inline constexpr u32 kProcessTerminate = 0x0001;
inline constexpr u32 kProcessCreateThread = 0x0002;
inline constexpr u32 kProcessVmOperation = 0x0008;
inline constexpr u32 kProcessDuplicateHandle = 0x0040;
inline constexpr u32 kProcessQueryInformation = 0x0400;
inline constexpr u32 kProcessAllAccess = 0x1FFFFF;

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
