// BootAllocator: first fit over a short list.
#include "boot/boot_allocator.h"

#include <algorithm>

namespace fl::boot {
namespace {

constexpr Pfn kOneMebibyte{0x100};
/// Frames are numbered below this: 4 GiB.
constexpr Pfn kEndOfAddresses{0x100000};

}  // namespace

BootAllocator::BootAllocator(const FrameRanges& ram, Pfn limit) : ram_(ram) {
  ram_.Remove({limit, kEndOfAddresses - limit});
  // The interrupt vectors and the data of the BIOS; and a frame number of 0 is easily a mistake.
  ram_.Remove({Pfn(0), 1});
  free_ = ram_;
}

void BootAllocator::Reserve(FrameRange range) { free_.Remove(range); }

std::optional<Pfn> BootAllocator::Take(u32 count) {
  for (const Pfn lowest : {kOneMebibyte, Pfn(0)}) {
    for (const FrameRange& range : free_.span()) {
      const Pfn first = std::max(range.first, lowest);
      if (first >= range.end() || range.end() - first < count) continue;
      Reserve({first, count});
      return first;
    }
  }
  return std::nullopt;
}

Pfn BootAllocator::end() const { return ram_.empty() ? Pfn(0) : ram_.span().back().end(); }

FrameRanges BootAllocator::Used() const {
  FrameRanges used = ram_;
  for (const FrameRange& range : free_.span()) used.Remove(range);
  return used;
}

}  // namespace fl::boot
