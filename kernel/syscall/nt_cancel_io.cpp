// System calls: taking back operations that have not ended; ports that are told of ends.
// Semantics: CancelIo, CancelIoEx, CancelSynchronousIo (Microsoft Learn).
#include "kernel/kernel.h"
#include "kernel/pipe/pipe_transfer.h"
#include "kernel/syscall/file_port.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

// FILE_*
constexpr u32 kSynchronous = 0x30;
constexpr u32 kKnownModes = 7;

/// Each that `matches`. How many.
template <class Matches>
u32 CancelEach(FileObject& file, Matches matches) {
  u32 cancelled = 0;
  for (;;) {
    IoRequest* found = nullptr;
    for (IoRequest& request : file.requests) {
      if (matches(request)) {
        found = &request;
        break;
      }
    }
    if (!found) return cancelled;
    // Unlinks it, and may sleep.
    file.Cancel(*found);
    ++cancelled;
  }
}

}  // namespace

/// (file, status block): those of the calling thread.
Status NtCancelIoFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(IoStatusBlock)));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  const Thread* const caller = &TheKernel().scheduler.current();
  CancelEach(*file, [&](IoRequest& request) { return &request.thread() == caller; });
  return WriteUser(call[1], IoStatusBlock{});
}

/// (file, status block of the operation or null for all, status block)
Status NtCancelIoFileEx(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[2], sizeof(IoStatusBlock)));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  const u32 cancelled = CancelEach(*file, [&](IoRequest& request) {
    return &request.process() == &call.process && (call[1] == 0 || request.io_pointer() == call[1]);
  });
  const Status status = cancelled != 0 ? Status::kSuccess : Status::kNotFound;
  TRY_STATUS(WriteUser(call[2], IoStatusBlock{Code(status), 0}));
  return status;
}

/// (thread, status block of the operation or null, status block)
Status NtCancelSynchronousIoFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[2], sizeof(IoStatusBlock)));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadTerminate));
  Status status = Status::kNotFound;
  if (thread->in_synchronous_io) {
    thread->synchronous_io_cancelled = true;
    TheKernel().scheduler.WakeAll(thread->channel);
    status = Status::kSuccess;
  }
  TRY_STATUS(WriteUser(call[2], IoStatusBlock{Code(status), 0}));
  return status;
}

Status BindToPort(const SystemCall& call, FileObject& file) {
  struct Binding {
    u32 port, key;
  };
  if (call[3] < sizeof(Binding)) return Status::kInfoLengthMismatch;
  const Binding wanted = TRY(ReadUser<Binding>(call[2]));
  if ((file.options() & kSynchronous) != 0 || file.completion.port) {
    return Status::kInvalidParameter;
  }
  file.completion.port =
      TRY(call.process.handles().FindAs<IoCompletion>(wanted.port, kIoCompletionModifyState));
  file.completion.key = wanted.key;
  return Status::kSuccess;
}

Status SetPortModes(const SystemCall& call, FileObject& file) {
  if (call[3] < sizeof(u32)) return Status::kInfoLengthMismatch;
  const u32 modes = TRY(ReadUser<u32>(call[2]));
  if ((modes & ~kKnownModes) != 0) return Status::kInvalidParameter;
  file.completion.modes |= modes;
  return Status::kSuccess;
}

}  // namespace fl::kernel
