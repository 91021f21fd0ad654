// FailSpec: see fail_spec.h.
#include "kernel/fail_spec.h"

#include "kernel/base/fail_point.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kNames[kFailKinds] = {"disk", "frame", "heap", "commit"};

bool ParseOne(std::string_view text, FailSpec& spec) {
  const std::size_t colon = text.find(':');
  FailKind kind;
  if (colon == text.npos || !ParseFailKind(text.substr(0, colon), kind)) return false;
  text.remove_prefix(colon + 1);
  FailSpec::One one;
  if (text.ends_with('+')) {
    one.and_after = true;
    text.remove_suffix(1);
  }
  if (!ParseNumber(text, one.n) || one.n - 1 >= FailPoint::kForGood) return false;
  if (spec.of(kind).n != 0) return false;
  spec.of(kind) = one;
  return true;
}

}  // namespace

const char* FailKindName(FailKind kind) { return kNames[u32(kind)].data(); }

bool ParseFailKind(std::string_view text, FailKind& kind) {
  for (u32 i = 0; i < kFailKinds; ++i) {
    if (text != kNames[i]) continue;
    kind = FailKind(i);
    return true;
  }
  return false;
}

bool ParseNumber(std::string_view text, u32& value) {
  if (text.empty()) return false;
  u64 number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + u32(c - '0');
    if (number > 0xFFFFFFFF) return false;
  }
  value = u32(number);
  return true;
}

bool ParseFailSpec(std::string_view text, FailSpec& spec) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!ParseOne(text.substr(0, comma), spec)) return false;
    if (comma == text.npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace fl::kernel
