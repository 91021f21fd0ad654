// Short names: the eleven bytes "8.3" of a directory entry, in code page 437, as a name for people.
// Invariant: what a damaged entry could put into a name (control characters, separators, wildcards)
//   comes out as '_', and an empty name too, so that a name is always one component of a path.
#pragma once

#include <span>
#include <string_view>

#include "kernel/base/units.h"

namespace fl::fs::fat {

inline constexpr u32 kShortNameBase = 8;
inline constexpr u32 kShortNameBytes = 11;

// The byte in which NT notes that the base or the extension is all lower case.
inline constexpr u8 kLowerCaseBase = 0x08;
inline constexpr u8 kLowerCaseExtension = 0x10;

struct ShortName {
  u16 units[kShortNameBytes + 1] = {};  ///< UTF-16, with the dot.
  u32 length = 0;
  std::span<const u16> span() const { return {units, length}; }
};

/// `case_bits`: kLowerCase...
ShortName DecodeShortName(std::span<const u8, kShortNameBytes> raw, u8 case_bits);

/// A volume's label: eleven bytes without a dot.
ShortName DecodeLabel(std::span<const u8, kShortNameBytes> raw);

/// What each part of a long name carries of the short name that it belongs to.
u8 ShortNameChecksum(std::span<const u8, kShortNameBytes> raw);

enum class DotEntry : u8 { kNone, kItself, kParent };
/// "." and ".." are stored as short names with a dot where no other name has one.
DotEntry DotEntryOf(std::span<const u8, kShortNameBytes> raw);

}  // namespace fl::fs::fat
