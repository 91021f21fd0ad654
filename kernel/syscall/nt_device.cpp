// System calls: devices behind file handles: what kind of device it is, and requests that only a device
// knows.
#include "kernel/file_object.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/syscall/pipe_control.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kFsDeviceInformation = 4;

struct FsDeviceInformation {
  u32 device_type, characteristics;
};

constexpr u32 kDeviceIsMounted = 0x20;

/// A control call that no device answers.
Status RefuseControl(const SystemCall& call, Status status) {
  TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(call[4], sizeof(IoStatusBlock)));
  return status;
}

}  // namespace

Status NtQueryVolumeInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], out = call[2], length = call[3], what = call[4];
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  if (what != kFsDeviceInformation) return Status::kInvalidInfoClass;
  if (length < sizeof(FsDeviceInformation)) return Status::kInfoLengthMismatch;
  const u32 type = file->device_type();
  TRY_STATUS(
      WriteUser(out, FsDeviceInformation{type, type == kDeviceDisk ? kDeviceIsMounted : 0}));
  return WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), sizeof(FsDeviceInformation)});
}

Status NtFsControlFile(const SystemCall& call) {
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  if (PipeEnd* const pipe = file->pipe()) return ControlPipe(call, *pipe);
  if (file->is_pipe_directory() && call[5] == kWaitForPipe) {
    TRY_STATUS(ProbeForWrite(call[4], sizeof(IoStatusBlock)));
    const Status status = WaitForPipe(call);
    (void)WriteUser(call[4], IoStatusBlock{Code(status), 0});
    return status;
  }
  return RefuseControl(call, Status::kInvalidDeviceRequest);
}

/// A console would answer; who asks finds out so that there is none.
Status NtDeviceIoControlFile(const SystemCall& call) {
  return RefuseControl(call, Status::kNotSupported);
}

}  // namespace fl::kernel
