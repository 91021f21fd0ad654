// Unicode: see unicode.h. Source: The Unicode Standard, 3.9 "Unicode Encoding Forms".
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

constexpr u32 kReplacement = 0xFFFD;

/// Takes one code point off the front of `text`, which is not empty.
u32 TakeCodePoint(std::string_view& text) {
  const u32 first = u8(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const u32 more = first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 ? 2 : first >= 0xC2 ? 1 : 0;
  if (more == 0 || first >= 0xF5 || text.size() < more) return kReplacement;
  u32 value = first & (0x3F >> more);
  for (u32 i = 0; i < more; ++i) {
    const u32 next = u8(text[i]);
    if ((next & 0xC0) != 0x80) return kReplacement;
    value = value << 6 | (next & 0x3F);
  }
  constexpr u32 kSmallest[] = {0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[more] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    return kReplacement;
  }
  text.remove_prefix(more);
  return value;
}

u32 TakeCodePoint(std::span<const char16_t>& text) {
  const u32 first = text.front();
  text = text.subspan(1);
  if (first < 0xD800 || first >= 0xE000) return first;
  if (first >= 0xDC00 || text.empty() || text.front() < 0xDC00 || text.front() >= 0xE000) {
    return kReplacement;
  }
  const u32 second = text.front();
  text = text.subspan(1);
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

}  // namespace

Status AppendUtf16(std::string_view utf8, Vector<char16_t>& out) {
  while (!utf8.empty()) {
    const u32 c = TakeCodePoint(utf8);
    if (c < 0x10000) {
      TRY_STATUS(out.Push(char16_t(c)));
    } else {
      TRY_STATUS(out.Push(char16_t(0xD800 + ((c - 0x10000) >> 10))));
      TRY_STATUS(out.Push(char16_t(0xDC00 + ((c - 0x10000) & 0x3FF))));
    }
  }
  return Status::kSuccess;
}

Status AppendUtf8(std::span<const char16_t> utf16, Vector<char>& out) {
  while (!utf16.empty()) {
    const u32 c = TakeCodePoint(utf16);
    if (c < 0x80) {
      TRY_STATUS(out.Push(char(c)));
      continue;
    }
    const u32 more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr u32 kLead[] = {0, 0xC0, 0xE0, 0xF0};
    TRY_STATUS(out.Push(char(kLead[more] | c >> (6 * more))));
    for (u32 i = more; i-- > 0;) TRY_STATUS(out.Push(char(0x80 | (c >> (6 * i) & 0x3F))));
  }
  return Status::kSuccess;
}

}  // namespace fl::kernel
