// System calls: requests that only the device behind a file handle knows.
#include "kernel/file_object.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/syscall/pipe_control.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kGetReparsePoint = 0x000900A8;  // FSCTL_GET_REPARSE_POINT

/// A control call that no device answers.
Status RefuseControl(const SystemCall& call, Status status) {
  TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(call[4], sizeof(IoStatusBlock)));
  return status;
}

}  // namespace

Status NtFsControlFile(const SystemCall& call) {
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  if (PipeEnd* const pipe = file->pipe()) return ControlPipe(call, *pipe);
  if (file->is_pipe_directory() && call[5] == kWaitForPipe) {
    TRY_STATUS(ProbeForWrite(call[4], sizeof(IoStatusBlock)));
    const Status status = WaitForPipe(call);
    (void)WriteUser(call[4], IoStatusBlock{Code(status), 0});
    return status;
  }
  // Nothing of a FAT volume is one.
  const bool asks_for_link = call[5] == kGetReparsePoint;
  return RefuseControl(call,
                       asks_for_link ? Status::kNotAReparsePoint : Status::kInvalidDeviceRequest);
}

/// A console would answer; who asks finds out so that there is none.
Status NtDeviceIoControlFile(const SystemCall& call) {
  return RefuseControl(call, Status::kNotSupported);
}

}  // namespace fl::kernel
