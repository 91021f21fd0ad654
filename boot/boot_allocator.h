// BootAllocator: who has which RAM before there is a frame database.
// Invariants: a frame is handed out once; frame 0 and what was reserved never. Nothing is given
// back:
//             the frame database takes over what is left.
#pragma once

#include <optional>

#include "boot/boot_info.h"

namespace fl::boot {

class BootAllocator {
 public:
  /// Only RAM below `limit`. Keeps no reference to `ram`.
  BootAllocator(const FrameRanges& ram, Pfn limit);

  /// Holds an image or a module. May lie outside of RAM.
  void Reserve(FrameRange range);
  /// `count` frames in a row: the lowest ones above 1 MiB that are free, else below, so that what
  /// can only use low memory still finds some. nullopt if there is no such run.
  std::optional<Pfn> Take(u32 count);

  /// One past the highest frame of RAM.
  Pfn end() const;
  /// RAM that nobody has.
  std::span<const FrameRange> free() const { return free_.span(); }
  /// RAM that was taken or reserved.
  FrameRanges Used() const;

 private:
  FrameRanges ram_;
  FrameRanges free_;
};

}  // namespace fl::boot
