// HeapSort: O(n log n) whatever the input, in place, without recursion: fit for tables that a file
// filled and for a kernel stack.
#pragma once

#include <utility>

#include "kernel/base/units.h"

namespace fl::pe {

/// Sorts items[0] to items[count - 1] ascending by `less`. Not stable, but the same input gives the
/// same result.
template <class Items, class Less>
void HeapSort(Items& items, u32 count, Less less) {
  const auto sift_down = [&](u32 root, u32 end) {
    while (root < end / 2) {
      u32 child = root * 2 + 1;
      if (child + 1 < end && less(items[child], items[child + 1])) ++child;
      if (!less(items[root], items[child])) return;
      std::swap(items[root], items[child]);
      root = child;
    }
  };
  for (u32 root = count / 2; root-- > 0;) sift_down(root, count);
  for (u32 end = count; end > 1; --end) {
    std::swap(items[0], items[end - 1]);
    sift_down(0, end - 1);
  }
}

}  // namespace fl::pe
