// ChaCha20: the block function of RFC 8439, section 2.3.
#pragma once

#include "kernel/base/units.h"

namespace fl::kernel::random {

/// 16 words of key stream for a 256-bit key, a block's number and a 96-bit nonce.
void ChaChaBlock(const u32 (&key)[8], u32 counter, const u32 (&nonce)[3], u32 (&out)[16]);

}  // namespace fl::kernel::random
