// ReadAhead: how many pages of a file one hard fault reads, judged by those before it.
// Rule:        a reader that goes through the file in order gets a window that doubles with each read. One
//              that jumps gets the page alone a few times, the more of them the larger the file, and from
//              then on the block around the page: so a file that is read whole in any order costs not many
//              more requests than its blocks, and a look or two into it reads what was looked at. (Both
//              cannot be had for all sizes of "a few": bench's rows file_random_reads and
//              file_sparse_bytes pull in opposite directions.) Images do not come here: see
//              Pager::cluster_pages.
// Units:       pages of the file.
#pragma once

#include "kernel/base/units.h"

namespace fl::mm {

/// A run of a section's pages.
struct SectionRun {
  PageIndex first;
  u32 pages = 1;
};

class ReadAhead {
 public:
  static constexpr u32 kFirstWindow = 4;
  static constexpr u32 kLargestWindow = 64;
  static constexpr u32 kBlock = 32;
  /// So many pages that are asked for out of order come alone.
  static constexpr u32 LooksOf(u32 pages) { return 8 + pages / 256; }

  /// What to read for `index`, which is absent, of a file of `pages` pages. Holds `index`; may reach
  /// behind the file's end.
  SectionRun Next(PageIndex index, u32 pages) {
    SectionRun run{index, 1};
    if (index.value == next_) {
      window_ = window_ == 0 ? kFirstWindow : window_ * 2;
      if (window_ > kLargestWindow) window_ = kLargestWindow;
      run.pages = window_;
    } else {
      window_ = 0;
      if (++scattered_ > LooksOf(pages)) run = {PageIndex(AlignDown(index.value, kBlock)), kBlock};
    }
    next_ = run.first.value + run.pages;
    return run;
  }

 private:
  u32 next_ = 0;  ///< Behind what was read last.
  u32 window_ = 0;
  u32 scattered_ = 0;
};

}  // namespace fl::mm
