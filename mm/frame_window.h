// FrameWindow: the bytes of a frame, for the kernel to zero, copy, relocate or read a disk into.
// Seam: declared here; the kernel answers from its direct map, the tests from an array of buffers.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/base/units.h"

namespace fl::mm {

using PageBytes = std::span<std::byte, kPageSize>;

class FrameWindow {
 public:
  /// Valid as long as the frame is the caller's.
  virtual PageBytes Bytes(Pfn pfn) = 0;

 protected:
  ~FrameWindow() = default;
};

}  // namespace fl::mm
