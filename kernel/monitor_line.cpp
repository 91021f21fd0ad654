// MonitorLine: see monitor_line.h.
#include "kernel/monitor_line.h"

namespace fl::kernel {
namespace {

constexpr u8 kCtrlC = 0x03;
constexpr u8 kBackspace = 0x08;
constexpr u8 kCtrlU = 0x15;
constexpr u8 kDelete = 0x7F;

std::optional<u32> Digit(char c) {
  if (c >= '0' && c <= '9') return u32(c - '0');
  if (c >= 'a' && c <= 'f') return u32(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return u32(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

MonitorLine::Key MonitorLine::Put(u8 byte) {
  if (byte == '\r' || byte == '\n') return Key::kEntered;
  if (byte == kCtrlC || byte == kCtrlU) {
    size_ = 0;
    return Key::kCleared;
  }
  if (byte == kBackspace || byte == kDelete) {
    if (size_ == 0) return Key::kIgnored;
    --size_;
    return Key::kErased;
  }
  if (byte < ' ' || byte > '~' || size_ == kMost) return Key::kIgnored;
  text_[size_++] = char(byte);
  return Key::kTaken;
}

std::string_view TakeWord(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<u32> ParseMonitorNumber(std::string_view word, u32 base) {
  if (word.starts_with("0x") || word.starts_with("0X")) {
    word.remove_prefix(2);
    base = 16;
  }
  if (word.empty()) return std::nullopt;
  u64 value = 0;
  for (const char c : word) {
    const std::optional<u32> digit = Digit(c);
    if (!digit || *digit >= base) return std::nullopt;
    value = value * base + *digit;
    if (value > 0xFFFFFFFF) return std::nullopt;
  }
  return u32(value);
}

}  // namespace fl::kernel
