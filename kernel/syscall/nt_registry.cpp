// System calls: the registry. It is empty: every key is missing.
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

Status Look(u32 handle_pointer, u32 object_attributes) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (object_attributes == 0) return Status::kAccessViolation;
  TRY(CaptureAttributes(object_attributes));
  return Status::kObjectNameNotFound;
}

}  // namespace

Status NtCreateKey(const SystemCall& call) { return Look(call[0], call[2]); }
Status NtOpenKey(const SystemCall& call) { return Look(call[0], call[2]); }
Status NtOpenKeyEx(const SystemCall& call) { return Look(call[0], call[2]); }

}  // namespace fl::kernel
