// MountError: why a disk holds no volume that we can read, in words for a person.
// Invariant: `reason` is a string literal; it never points into the sectors that were looked at.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::fs {

struct MountError {
  const char* reason = "";
  std::optional<u64> number;  ///< The sector, size, count... that the reason speaks of.

  /// "reason" or "reason: NUMBER"; cut to `out`.
  std::string_view Format(std::span<char> out) const;
};

/// Fills `error`, if there is one, and returns `status`.
Status Refuse(MountError* error, Status status, const char* reason,
              std::optional<u64> number = std::nullopt);

}  // namespace fl::fs
