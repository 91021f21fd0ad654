// SectorBatch: pieces of memory that one request can move, since their sectors follow one another.
#pragma once

#include "fs/fat/volume.h"

namespace fl::fs::fat {

/// Byte: std::byte to read, const std::byte to write.
template <class Byte>
class SectorBatch {
 public:
  explicit SectorBatch(FatVolume& volume) : volume_(volume) {}

  Status Add(Lba first, u32 sectors, std::span<Byte> piece) {
    if (count_ != 0 && (count_ == kMaxPieces || first != first_ + sectors_)) TRY_STATUS(Flush());
    if (count_ == 0) first_ = first;
    pieces_[count_++] = piece;
    sectors_ += sectors;
    return Status::kSuccess;
  }
  Status Flush() {
    if (count_ == 0) return Status::kSuccess;
    const Status status = Move(std::span<const std::span<Byte>>(pieces_, count_));
    count_ = 0;
    sectors_ = 0;
    return status;
  }

 private:
  Status Move(ScatterList list) { return volume_.ReadData(first_, sectors_, list); }
  Status Move(GatherList list) { return volume_.WriteData(first_, sectors_, list); }

  static constexpr u32 kMaxPieces = 64;
  FatVolume& volume_;
  Lba first_;
  u32 sectors_ = 0;
  u32 count_ = 0;
  std::span<Byte> pieces_[kMaxPieces];
};

}  // namespace fl::fs::fat
