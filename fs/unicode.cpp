// Unicode for names of files: see unicode.h.
#include "fs/unicode.h"

namespace fl::fs {
namespace {

constexpr bool IsSurrogate(u32 value) { return value >= 0xD800 && value <= 0xDFFF; }

constexpr bool InRange(u32 value, u32 first, u32 last) { return value >= first && value <= last; }

}  // namespace

std::optional<u32> TakeUtf8(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return u32(u8(text[i])); };
  const u32 lead = byte(0);
  std::size_t length = 1;
  u32 value = lead;
  u32 smallest = 0;
  if (lead >= 0x80) {
    if ((lead & 0xE0) == 0xC0) {
      length = 2, value = lead & 0x1F, smallest = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
      length = 3, value = lead & 0x0F, smallest = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
      length = 4, value = lead & 0x07, smallest = 0x10000;
    } else {
      return std::nullopt;
    }
    if (text.size() < length) return std::nullopt;
    for (std::size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
      value = value << 6 | (byte(i) & 0x3F);
    }
    if (value < smallest || value > 0x10FFFF || IsSurrogate(value)) return std::nullopt;
  }
  text.remove_prefix(length);
  return value;
}

std::optional<u32> TakeUtf16(std::span<const u16>& units) {
  const u32 first = units[0];
  if (!IsSurrogate(first)) {
    units = units.subspan(1);
    return first;
  }
  if (first >= 0xDC00 || units.size() < 2) return std::nullopt;
  const u32 second = units[1];
  if (!InRange(second, 0xDC00, 0xDFFF)) return std::nullopt;
  units = units.subspan(2);
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

u32 PutUtf8(u32 code_point, std::span<char, kMaxUtf8> out) {
  if (code_point < 0x80) {
    out[0] = char(code_point);
    return 1;
  }
  const auto continuation = [&](u32 shift) { return char(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x800) {
    out[0] = char(0xC0 | code_point >> 6);
    out[1] = continuation(0);
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = char(0xE0 | code_point >> 12);
    out[1] = continuation(6);
    out[2] = continuation(0);
    return 3;
  }
  out[0] = char(0xF0 | code_point >> 18);
  out[1] = continuation(12);
  out[2] = continuation(6);
  out[3] = continuation(0);
  return 4;
}

u32 UpperCase(u32 c) {
  if (c < 0x80) return InRange(c, 'a', 'z') ? c - 0x20 : c;
  // Latin-1: the division sign stands among the letters.
  if (InRange(c, 0xE0, 0xFE)) return c == 0xF7 ? c : c - 0x20;
  if (c == 0xFF) return 0x178;
  // Latin Extended-A: pairs, of which some blocks begin with an odd number. The dotless i and the
  // dotted I have no simple partner.
  if (InRange(c, 0x130, 0x131) || c == 0x138 || c == 0x149) return c;
  if (InRange(c, 0x100, 0x137) || InRange(c, 0x14A, 0x177)) return c & ~1u;
  if (InRange(c, 0x139, 0x148) || InRange(c, 0x179, 0x17E)) return c - (~c & 1u);
  // Greek; both small sigmas have the same capital.
  if (c == 0x3C2) return 0x3A3;
  if (InRange(c, 0x3B1, 0x3CB)) return c - 0x20;
  if (c == 0x3AC) return 0x386;
  if (InRange(c, 0x3AD, 0x3AF)) return c - 0x25;
  if (c == 0x3CC) return 0x38C;
  if (InRange(c, 0x3CD, 0x3CE)) return c - 0x3F;
  // Cyrillic.
  if (InRange(c, 0x430, 0x44F)) return c - 0x20;
  if (InRange(c, 0x450, 0x45F)) return c - 0x50;
  if (InRange(c, 0x460, 0x481) || InRange(c, 0x48A, 0x4BF) || InRange(c, 0x4D0, 0x52F)) {
    return c & ~1u;
  }
  if (InRange(c, 0x4C1, 0x4CE)) return c - (~c & 1u);
  if (c == 0x4CF) return 0x4C0;
  return c;
}

bool IsForbiddenInName(u32 code_point) {
  if (code_point < 0x20) return true;
  for (const char forbidden : std::string_view("\"*/:<>?\\|")) {
    if (code_point == u32(forbidden)) return true;
  }
  return false;
}

bool NamesEqual(std::span<const u16> stored, std::string_view wanted) {
  while (!stored.empty() && !wanted.empty()) {
    const std::optional<u32> left = TakeUtf16(stored);
    const std::optional<u32> right = TakeUtf8(wanted);
    if (!left || !right || UpperCase(*left) != UpperCase(*right)) return false;
  }
  return stored.empty() && wanted.empty();
}

}  // namespace fl::fs
