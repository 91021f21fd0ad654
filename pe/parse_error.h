// ParseError: why bytes are not the PE image that they should be, in words for a person.
// Invariant: `reason` is a string literal; it never points into the bytes that were parsed.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::pe {

struct ParseError {
  enum class Kind : u8 { kNone, kNotPe, kWrongMachine, kMalformed };

  Kind kind = Kind::kNone;
  const char* reason = "";
  std::optional<u32> number;  ///< The section, machine, RVA... that the reason speaks of.

  /// "reason" or "reason: 0xNUMBER"; cut to `out`.
  std::string_view Format(std::span<char> out) const;
};

/// Fills `error`, if there is one, and returns kInvalidImageFormat.
Status Malformed(ParseError* error, const char* reason, std::optional<u32> number = std::nullopt);

}  // namespace fl::pe
