// FileName: a name that owns its UTF-8 bytes, for code whose allocations can fail.
// Invariant: well-formed UTF-8.
#pragma once

#include <span>
#include <string_view>

#include "kernel/base/vector.h"

namespace fl::fs {

class FileName {
 public:
  /// `units` are UTF-16; an unpaired surrogate becomes U+FFFD.
  static Result<FileName> FromUtf16(std::span<const u16> units);
  /// Well-formed, as the caller knows.
  static Result<FileName> FromUtf8(std::string_view name);
  Result<FileName> Clone() const;

  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
  operator std::string_view() const { return view(); }

 private:
  Vector<char> bytes_;
};

}  // namespace fl::fs
