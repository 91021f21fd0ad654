// Backtraces: the chain of frame pointers on a kernel stack that may be damaged, and what a word
// that should be a pointer looks like.
// Invariant: only words inside the given bounds are read, whatever the chain says.
#pragma once

#include <span>

#include "kernel/base/units.h"

namespace fl::kernel {

/// Mapped addresses [low, high) of the stack that is being looked at.
struct StackBounds {
  u32 low = 0;
  u32 high = 0;
};

/// Return addresses, innermost first, from the frame that `frame_pointer` names; how many were
/// found.
u32 WalkStack(u32 frame_pointer, StackBounds bounds, std::span<u32> return_addresses);

/// What a register's value says about where it came from; null if nothing.
const char* NameMemoryPattern(u32 value);

}  // namespace fl::kernel
