// FailSpec: what is to fail, in words: "disk:7" (the 7th read of a disk), "frame:120", "heap:3+" (the 3rd
// allocation and all after it), "commit:5"; several with commas between them, at most one of each kind.
#pragma once

#include <string_view>

#include "kernel/base/units.h"

namespace fl::kernel {

enum class FailKind : u8 {
  kDisk,    ///< Reads of drive C:'s disk: a command of some sectors each.
  kFrame,   ///< Frames taken from the lists of the frame database.
  kHeap,    ///< Blocks of the kernel's heap.
  kCommit,  ///< Charges, of one page or more.
};
inline constexpr u32 kFailKinds = 4;
const char* FailKindName(FailKind kind);
/// False: there is no such kind.
bool ParseFailKind(std::string_view text, FailKind& kind);

struct FailSpec {
  struct One {
    u32 n = 0;  ///< From 1 on; 0: nothing of this kind fails.
    bool and_after = false;
  };
  One kinds[kFailKinds];

  One& of(FailKind kind) { return kinds[u32(kind)]; }
  const One& of(FailKind kind) const { return kinds[u32(kind)]; }
  bool empty() const {
    for (const One& one : kinds) {
      if (one.n != 0) return false;
    }
    return true;
  }
};

/// Adds to `spec`. False: not understood; `spec` may have part of it.
bool ParseFailSpec(std::string_view text, FailSpec& spec);

/// A decimal number that fits 32 bits.
bool ParseNumber(std::string_view text, u32& value);

}  // namespace fl::kernel
