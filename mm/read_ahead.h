// ReadAhead: how many pages of a file one hard fault reads, judged by those before it.
// Rule:        a reader that goes through the file in order gets a window that doubles with each read. One
//              that jumps gets the page alone, until it has asked for so much of the file that it is likely
//              to want the rest: from then on the block around the page. So the bytes read of a file of
//              which little is wanted are those of the pages that were touched.
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
  /// One in so many pages, asked for out of order: the file is wanted as a whole.
  static constexpr u32 kDense = 12;

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
      if (++scattered_ > pages / kDense) run = {PageIndex(AlignDown(index.value, kBlock)), kBlock};
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
