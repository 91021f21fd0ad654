// NamePattern: see name_pattern.h.
#include "kernel/name_pattern.h"

#include "fs/unicode.h"

namespace fl::kernel {
namespace {

constexpr char16_t kDosStar = u'<';
constexpr char16_t kDosQuestion = u'>';
constexpr char16_t kDosDot = u'"';

bool SameLetter(char16_t a, char16_t b) { return a == b || fs::UpperCase(a) == fs::UpperCase(b); }

/// Nothing is left of the pattern that would ask for more: a dot and a star behind a name need not be there. Of
/// patterns that kernelbase on NT has turned into DOS's, that is true; Wine's leaves them to the system as they are.
bool AsksForNoMore(std::span<const char16_t> pattern) {
  for (const char16_t c : pattern) {
    if (c != u'.' && c != u'*') return false;
  }
  return true;
}

bool HasDot(std::span<const char16_t> text) {
  for (const char16_t c : text) {
    if (c == u'.') return true;
  }
  return false;
}

/// The pattern's character takes one of the name, or none. `rest` of the name is not empty.
bool TakesOne(char16_t p, std::span<const char16_t> rest) {
  switch (p) {
    case u'?':
      return true;
    case kDosQuestion:
      return rest[0] != u'.';
    case kDosDot:
      return rest[0] == u'.';
    default:
      return SameLetter(p, rest[0]);
  }
}
bool TakesNone(char16_t p, std::span<const char16_t> rest) {
  if (p == kDosQuestion) return rest.empty() || rest[0] == u'.';
  return p == kDosDot && rest.empty();
}

}  // namespace

bool MatchesPattern(std::span<const char16_t> name, std::span<const char16_t> pattern) {
  // One star is gone back to at a time, the last: what an earlier one could take, it can take as well. For
  // the DOS star that holds up to the last dot, which it does not pass.
  u32 n = 0, p = 0;
  u32 star = ~0u, taken_by_star = 0;
  for (;;) {
    if (p < pattern.size() && (pattern[p] == u'*' || pattern[p] == kDosStar)) {
      star = p++;
      taken_by_star = n;
      continue;
    }
    if (n == name.size() && AsksForNoMore(pattern.subspan(p))) return true;
    if (p < pattern.size()) {
      const std::span<const char16_t> rest = name.subspan(n);
      if (!rest.empty() && TakesOne(pattern[p], rest)) {
        ++n;
        ++p;
        continue;
      }
      if (TakesNone(pattern[p], rest)) {
        ++p;
        continue;
      }
    }
    if (star == ~0u || taken_by_star == name.size()) return false;
    if (pattern[star] == kDosStar && name[taken_by_star] == u'.' &&
        !HasDot(name.subspan(taken_by_star + 1))) {
      return false;
    }
    n = ++taken_by_star;
    p = star + 1;
  }
}

}  // namespace fl::kernel
