// FakeFrames: RAM of a test: one buffer of 4 KiB for each frame, filled with junk.
// Invariant: content is junk until somebody writes it; Spoil fills what is free with other junk, so
//   that a frame that is used after it was freed, or used without being filled, is seen.
#pragma once

#include <cstring>
#include <vector>

#include "mm/pfn_database.h"

namespace fl::test {

class FakeFrames final : public mm::FrameWindow {
 public:
  explicit FakeFrames(u32 frames) : bytes_(std::size_t(frames) * kPageSize, std::byte(0xA5)) {}
  mm::PageBytes Bytes(Pfn pfn) override {
    KASSERT((pfn.value + 1) * std::size_t(kPageSize) <= bytes_.size());
    return mm::PageBytes(bytes_.data() + std::size_t(pfn.value) * kPageSize, kPageSize);
  }
  /// Nobody may rely on what is in frames that `frames` says are free.
  void Spoil(mm::PfnDatabase& frames) {
    for (Pfn pfn(0); pfn.value < frames.frame_count(); ++pfn) {
      if (frames.frame(pfn).use != mm::FrameUse::kFree) continue;
      std::memset(Bytes(pfn).data(), 0xDD, kPageSize);
    }
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace fl::test
