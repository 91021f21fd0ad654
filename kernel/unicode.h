// Unicode: UTF-16, which programs speak, and UTF-8, which the kernel and the volume speak.
// Invariant: total: an unpaired surrogate or a malformed sequence becomes U+FFFD.
#pragma once

#include <span>
#include <string_view>

#include "kernel/base/vector.h"

namespace fl::kernel {

/// Appends to `out`; kNoMemory.
Status AppendUtf16(std::string_view utf8, Vector<char16_t>& out);
Status AppendUtf8(std::span<const char16_t> utf16, Vector<char>& out);

}  // namespace fl::kernel
