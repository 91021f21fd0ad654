// System calls: processes that there are: ending, holding up and finding them, and another's memory.
#include "kernel/kernel.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// A handle to a process that may be giving everything back while the caller is told.
Status GiveProcess(const SystemCall& call, Process& process, u32 access, u8 attributes,
                   u32 handle_pointer) {
  const RefPtr<Process> kept(&process);
  const u32 granted = GrantedProcessAccess(access);
  return TRY(NewHandle::Insert(call, kept, granted, attributes)).Deliver(handle_pointer);
}

}  // namespace

Status NtTerminateProcess(const SystemCall& call) {
  const u32 handle = call[0], status = call[1];
  if (handle == 0) {
    // NT: null means the caller's other threads.
    call.process.TerminateOtherThreads(TheKernel().scheduler.current(), status);
    return Status::kSuccess;
  }
  const RefPtr<Process> process = TRY(FindProcess(call, handle, kProcessTerminate));
  if (process->ended()) return Status::kProcessIsTerminating;
  process->Terminate(status);
  return Status::kSuccess;
}

Status NtOpenProcess(const SystemCall& call) {
  const u32 handle_pointer = call[0], access = call[1], client_id = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (client_id == 0) return Status::kInvalidParameterMix;
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  if (!attributes.name.empty()) return Status::kInvalidParameterMix;
  const u32 process_id = TRY(ReadUser<u32>(client_id));
  const u32 thread_id = TRY(ReadUser<u32>(client_id + 4));
  for (Process& process : TheKernel().all_processes) {
    // As on NT, the low two bits do not count.
    if (process.id() != (process_id & ~3u)) continue;
    if (thread_id != 0 && !process.FindThread(thread_id)) return Status::kInvalidCid;
    return GiveProcess(call, process, access, attributes.ForHandle(), handle_pointer);
  }
  return thread_id != 0 ? Status::kInvalidCid : Status::kInvalidParameter;
}

/// (process or null, access, attributes, flags, handle)
Status NtGetNextProcess(const SystemCall& call) {
  const u32 previous = call[0], handle_pointer = call[4];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (call[3] != 0) return Status::kInvalidParameter;
  u32 last_id = 0;
  if (previous != 0) last_id = TRY(FindProcess(call, previous, 0))->id();
  Process* next = nullptr;
  for (Process& process : TheKernel().all_processes) {
    if (process.id() > last_id && (!next || process.id() < next->id())) next = &process;
  }
  if (!next) return Status::kNoMoreEntries;
  return GiveProcess(call, *next, call[1], u8(call[2] & kHandleInherit), handle_pointer);
}

Status NtSuspendProcess(const SystemCall& call) {
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessSuspendResume));
  if (process->terminating()) return Status::kProcessIsTerminating;
  // One that is suspended too often already stays as it is.
  for (Thread& thread : process->threads()) (void)thread.Suspend();
  return Status::kSuccess;
}

Status NtResumeProcess(const SystemCall& call) {
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessSuspendResume));
  if (process->terminating()) return Status::kProcessIsTerminating;
  for (Thread& thread : process->threads()) (void)thread.Resume();
  return Status::kSuccess;
}

}  // namespace fl::kernel
