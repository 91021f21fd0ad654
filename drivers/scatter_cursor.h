// ScatterCursor, GatherCursor: walk the memory of a transfer sector by sector.
// Invariant: every buffer's length is a multiple of kSectorSize (checked), so a sector never spans
// two.
#pragma once

#include "fs/block_device.h"
#include "kernel/base/assert.h"

namespace fl::drivers {

/// Byte: std::byte to be filled, const std::byte to be taken from.
template <class Byte>
class SectorCursor {
 public:
  explicit SectorCursor(std::span<const std::span<Byte>> buffers) : buffers_(buffers) {
    for (const std::span<Byte> buffer : buffers_) {
      KASSERT(buffer.size() % kSectorSize == 0);
      sectors_left_ += buffer.size() / kSectorSize;
    }
    SkipFinished();
  }

  u64 sectors_left() const { return sectors_left_; }
  bool AtEnd() const { return sectors_left_ == 0; }
  std::span<Byte, kSectorSize> Sector() const {
    KASSERT(!AtEnd());
    return buffers_.front().subspan(offset_).template first<kSectorSize>();
  }
  /// The rest of the buffer at hand.
  std::span<Byte> Piece() const {
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

  std::span<const std::span<Byte>> buffers_;
  std::size_t offset_ = 0;
  u64 sectors_left_ = 0;
};

using ScatterCursor = SectorCursor<std::byte>;
using GatherCursor = SectorCursor<const std::byte>;

}  // namespace fl::drivers
