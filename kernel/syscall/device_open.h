// DeviceOpen: names that NtCreateFile and NtOpenFile find without the volume: the null device and pipes.
// Names:       "\\Device\\Null", "\\Device\\NamedPipe\\name", and what programs write for them, "\\??\\NUL" and
//              "\\??\\PIPE\\name"; or a name relative to a handle of "\\Device\\NamedPipe\\".
#pragma once

#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

enum class DeviceKind : u8 { kNone, kNull, kPipes, kPipe };
struct DeviceName {
  DeviceKind kind = DeviceKind::kNone;
  std::string_view rest;  ///< A pipe's name.
};
/// kInvalidHandle, kObjectTypeMismatch for the directory that it is relative to.
Result<DeviceName> FindDevice(const SystemCall& call, const CapturedAttributes& attributes);

struct DeviceOpenRequest {
  u32 handle_pointer, access, object_attributes, io_pointer, options;
};
/// False: it is none of these, and nothing has been done.
Result<bool> OpenDevice(const SystemCall& call, const DeviceOpenRequest& request);

}  // namespace fl::kernel
