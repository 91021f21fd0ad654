// Unicode for names of files: UTF-8 on our side, UTF-16 on the volume's, and comparison without
// case.
// Invariant: nothing ill-formed passes: no unpaired surrogate, no overlong or cut UTF-8 sequence.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "kernel/base/units.h"

namespace fl::fs {

/// Takes one code point off the front of `text`, which is not empty; if it is ill-formed, takes
/// nothing.
std::optional<u32> TakeUtf8(std::string_view& text);
/// Takes one code point off the front of `units`, which is not empty; for an unpaired
/// surrogate, takes nothing.
std::optional<u32> TakeUtf16(std::span<const u16>& units);

/// Room for one code point in UTF-8.
inline constexpr u32 kMaxUtf8 = 4;
/// Writes `code_point` to `out`; returns the number of bytes, 1 to 4.
u32 PutUtf8(u32 code_point, std::span<char, kMaxUtf8> out);

/// Simple one-to-one upper case for Latin (Basic, -1, Extended-A), Greek and Cyrillic letters, as
/// NT compares names; every other code point is its own upper case.
u32 UpperCase(u32 code_point);

/// No file can have these in its name: separators of paths, wildcards, and what shells keep for
/// themselves; nor control characters.
bool IsForbiddenInName(u32 code_point);

/// Is `stored` the same name as `wanted`, case aside? False if either is ill-formed.
bool NamesEqual(std::span<const u16> stored, std::string_view wanted);

}  // namespace fl::fs
