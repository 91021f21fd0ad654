// Protection: NT's PAGE_* values and what each permits.
// Source: Microsoft Learn, "Memory Protection Constants".
#pragma once

#include "kernel/base/units.h"

namespace fl::mm {

enum class Access : u8 { kRead, kWrite, kExecute };

/// A PAGE_* value: exactly one base protection and any modifiers. Kept as NT's bits because programs see them.
struct Protection {
  u32 bits = 0;
  constexpr bool operator==(const Protection&) const = default;

  constexpr Protection Base() const { return {bits & 0xFF}; }
  constexpr bool Has(Protection modifier) const { return (bits & modifier.bits) != 0; }
  constexpr Protection Without(Protection modifier) const { return {bits & ~modifier.bits}; }
  constexpr Protection With(Protection modifier) const { return {bits | modifier.bits}; }
  constexpr bool Readable() const { return (bits & 0xFE) != 0; }
  constexpr bool Writable() const { return (bits & 0xCC) != 0; }
  constexpr bool WriteCopy() const { return (bits & 0x88) != 0; }
  constexpr bool Executable() const { return (bits & 0xF0) != 0; }
  /// One base protection, no unknown bits, and no guard or cache modifier on NOACCESS (NT's rule for
  /// allocations and protection changes: anything else is STATUS_INVALID_PAGE_PROTECTION).
  constexpr bool Valid() const {
    const u32 base = bits & 0xFF;
    if (base == 0 || (base & (base - 1)) != 0 || (bits & ~0x7FFu) != 0) return false;
    return base != 0x01 || (bits & 0x700) == 0;
  }
};

inline constexpr Protection kPageNoAccess{0x01};
inline constexpr Protection kPageReadOnly{0x02};
inline constexpr Protection kPageReadWrite{0x04};
inline constexpr Protection kPageWriteCopy{0x08};
inline constexpr Protection kPageExecute{0x10};
inline constexpr Protection kPageExecuteRead{0x20};
inline constexpr Protection kPageExecuteReadWrite{0x40};
inline constexpr Protection kPageExecuteWriteCopy{0x80};
inline constexpr Protection kPageGuard{0x100};
inline constexpr Protection kPageNoCache{0x200};
inline constexpr Protection kPageWriteCombine{0x400};

}  // namespace fl::mm
