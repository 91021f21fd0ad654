// Access rights: bits of an access mask that more than one family of system calls looks at.
// Source: Microsoft Learn, "Access Mask Format", "File Access Rights Constants".
#pragma once

#include "kernel/base/units.h"

namespace fl::kernel {

inline constexpr u32 kSynchronize = 0x00100000;
inline constexpr u32 kMaximumAllowed = 0x02000000;
inline constexpr u32 kGenericAll = 0x10000000;
inline constexpr u32 kGenericExecute = 0x20000000;
inline constexpr u32 kGenericWrite = 0x40000000;
inline constexpr u32 kGenericRead = 0x80000000;
inline constexpr u32 kFileReadData = 0x0001;

}  // namespace fl::kernel
