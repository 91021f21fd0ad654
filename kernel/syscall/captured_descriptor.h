// CapturedDescriptor: a program's security descriptor, self-relative or absolute, as a copy.
#pragma once

#include "kernel/base/vector.h"
#include "kernel/security/descriptor.h"

namespace fl::kernel {

/// Its parts copied, checked, and put together again as self-relative. kInvalidSecurityDescriptor,
/// kUnknownRevision, kInvalidSid, kInvalidAcl, kNoMemory, or a fault.
Result<Vector<u8>> CaptureDescriptor(u32 address);

}  // namespace fl::kernel
