// ScatterCursor: walks a scatter list sector by sector.
// Invariant: every buffer's length is a multiple of kSectorSize (checked), so a sector never spans
// two.
#pragma once

#include "fs/block_device.h"
#include "kernel/base/assert.h"

namespace fl::drivers {

class ScatterCursor {
 public:
  explicit ScatterCursor(fs::ScatterList buffers) : buffers_(buffers) {
    for (std::span<std::byte> buffer : buffers_) {
      KASSERT(buffer.size() % kSectorSize == 0);
      sectors_left_ += buffer.size() / kSectorSize;
    }
    SkipFinished();
  }

  u64 sectors_left() const { return sectors_left_; }
  bool AtEnd() const { return sectors_left_ == 0; }
  std::span<std::byte, kSectorSize> Sector() const {
    KASSERT(!AtEnd());
    return buffers_.front().subspan(offset_).first<kSectorSize>();
  }
  /// The rest of the buffer that is being filled.
  std::span<std::byte> Piece() const {
    KASSERT(!AtEnd());
    return buffers_.front().subspan(offset_);
  }
  void Advance(u32 sectors = 1) {
    KASSERT(sectors <= sectors_left_);
    while (sectors != 0) {
      const u32 in_piece = u32(Piece().size() / kSectorSize);
      const u32 passed = sectors < in_piece ? sectors : in_piece;
      offset_ += passed * kSectorSize;
      sectors_left_ -= passed;
      sectors -= passed;
      SkipFinished();
    }
  }

 private:
  void SkipFinished() {
    while (!buffers_.empty() && offset_ == buffers_.front().size()) {
      buffers_ = buffers_.subspan(1);
      offset_ = 0;
    }
  }

  fs::ScatterList buffers_;
  std::size_t offset_ = 0;
  u64 sectors_left_ = 0;
};

}  // namespace fl::drivers
