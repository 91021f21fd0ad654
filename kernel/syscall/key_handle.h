// KeyHandle: the key that a system call names.
#pragma once

#include "kernel/kernel.h"
#include "kernel/key_object.h"
#include "kernel/syscall/key_rights.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// kInvalidHandle, kObjectTypeMismatch, kAccessDenied; kKeyDeleted. No call that gets one sleeps with it, so
/// it stays what it is.
inline Result<RefPtr<registry::Key>> FindKey(const SystemCall& call, u32 handle, u32 access) {
  const auto object = TRY(call.process.handles().FindAs<KeyObject>(handle, access));
  if (object->key().deleted()) return Status::kKeyDeleted;
  return RefPtr<registry::Key>(&object->key());
}

}  // namespace fl::kernel
