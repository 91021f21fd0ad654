// MonitorLine: the line that is being typed at the monitor, and its words.
// Invariants:  holds printable ASCII only, whatever comes in; what does not fit is not taken.
// Pure: host-tested.
#pragma once

#include <optional>
#include <string_view>

#include "kernel/base/units.h"

namespace fl::kernel {

class MonitorLine {
 public:
  enum class Key : u8 { kIgnored, kTaken, kErased, kCleared, kEntered };

  /// One byte from the terminal. kEntered: the line is complete; Clear it when it is done with.
  Key Put(u8 byte);
  void Clear() { size_ = 0; }
  std::string_view text() const { return {text_, size_}; }

 private:
  static constexpr u32 kMost = 78;
  char text_[kMost] = {};
  u32 size_ = 0;
};

/// The next word of `text`, which is cut off it; empty if there is none.
std::string_view TakeWord(std::string_view& text);
/// 0x and hexadecimal digits; `base` says how digits without 0x are meant.
std::optional<u32> ParseMonitorNumber(std::string_view word, u32 base);

}  // namespace fl::kernel
