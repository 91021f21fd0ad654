// PageRuns<kPages>: which pages of a fixed range are taken, as runs that are given back whole: for
// a piece of system space that is handed out by the page.
// Invariants: a run's last page has its bit in last_, so that no length is kept elsewhere; a page
//   that is not used has no bit in last_. First fit: low pages fill first, and page tables stay
//   few.
#pragma once

#include <optional>

#include "kernel/base/assert.h"
#include "kernel/base/units.h"

namespace fl::kernel {

template <u32 kPages>
class PageRuns {
 public:
  /// Only the first `pages` of the range exist.
  explicit PageRuns(u32 pages) : pages_(pages) { KASSERT(pages <= kPages); }

  /// The first page of a run of `count`, which is not 0; nothing if no gap is large enough.
  std::optional<u32> Take(u32 count) {
    KASSERT(count != 0);
    u32 free = 0;
    for (u32 page = 0; page < pages_; ++page) {
      if (free == 0 && page % 32 == 0 && used_[page / 32] == ~0u) {
        page += 31;
        continue;
      }
      free = Has(used_, page) ? 0 : free + 1;
      if (free != count) continue;
      const u32 first = page + 1 - count;
      for (u32 i = first; i <= page; ++i) used_[i / 32] |= 1u << i % 32;
      last_[page / 32] |= 1u << page % 32;
      return first;
    }
    return std::nullopt;
  }

  /// Pages of the run that starts at `first`; 0 if none starts there.
  u32 Length(u32 first) const {
    if (first >= pages_ || !Has(used_, first)) return 0;
    if (first != 0 && Has(used_, first - 1) && !Has(last_, first - 1)) return 0;
    u32 page = first;
    while (!Has(last_, page)) ++page;
    return page + 1 - first;
  }

  /// Gives the run that starts at `first` back; there is one.
  void GiveBack(u32 first) {
    const u32 count = Length(first);
    KASSERT(count != 0);
    for (u32 i = first; i < first + count; ++i) used_[i / 32] &= ~(1u << i % 32);
    const u32 last = first + count - 1;
    last_[last / 32] &= ~(1u << last % 32);
  }

 private:
  static constexpr u32 kWords = (kPages + 31) / 32;
  static bool Has(const u32 (&bits)[kWords], u32 i) { return (bits[i / 32] >> i % 32 & 1) != 0; }

  u32 pages_;
  u32 used_[kWords] = {};
  u32 last_[kWords] = {};
};

}  // namespace fl::kernel
