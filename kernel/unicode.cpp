// Unicode: see unicode.h.
#include "kernel/unicode.h"

#include "fs/unicode.h"

namespace fl::kernel {
namespace {

constexpr u32 kReplacement = 0xFFFD;

}  // namespace

Status AppendUtf16(std::string_view utf8, Vector<char16_t>& out) {
  while (!utf8.empty()) {
    const std::optional<u32> taken = fs::TakeUtf8(utf8);
    if (!taken) utf8.remove_prefix(1);
    const u32 c = taken.value_or(kReplacement);
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
  static_assert(sizeof(char16_t) == sizeof(u16));
  std::span<const u16> units(reinterpret_cast<const u16*>(utf16.data()), utf16.size());
  while (!units.empty()) {
    const std::optional<u32> taken = fs::TakeUtf16(units);
    if (!taken) units = units.subspan(1);
    char bytes[fs::kMaxUtf8];
    const u32 count = fs::PutUtf8(taken.value_or(kReplacement), bytes);
    for (u32 i = 0; i < count; ++i) TRY_STATUS(out.Push(bytes[i]));
  }
  return Status::kSuccess;
}

}  // namespace fl::kernel
