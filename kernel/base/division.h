// Division of 64 by 32 bits without a runtime library, which a 32-bit target would need for operator/.
#pragma once

#include "kernel/base/units.h"

namespace fl {

struct Quotient64 {
  u64 quotient;
  u32 remainder;
};

/// `divisor` is not 0.
constexpr Quotient64 Divide(u64 value, u32 divisor) {
  const u32 high = u32(value >> 32) / divisor;
  u64 rest = u32(value >> 32) % divisor;
  u32 low = 0;
  if (rest == 0) {
    low = u32(value) / divisor;
    rest = u32(value) % divisor;
  } else {
    for (int bit = 31; bit >= 0; --bit) {
      rest = rest << 1 | ((value >> bit) & 1);
      low <<= 1;
      if (rest >= divisor) {
        rest -= divisor;
        low |= 1;
      }
    }
  }
  return {u64(high) << 32 | low, u32(rest)};
}

}  // namespace fl
