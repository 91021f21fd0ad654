// SparseDisk: a disk of any size described by few bytes: only sectors that are not all zero are
// listed. That makes whole volumes, FAT32 ones too, small enough to be a fuzzer's input.
// Format: the number of sectors (4 bytes, little-endian), then for each listed sector its number
//   (4 bytes) and its 512 bytes. Numbers outside the disk count modulo its size; what is cut off at
//   the end is zero.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

#include "fs/block_device.h"

namespace fl::fuzz {

/// Of an input that says what is done to a disk, before the disk's description.
inline constexpr std::size_t kChoiceBytes = 200;

class SparseDisk final : public fs::BlockDevice {
 public:
  /// 128 MiB: more than the smallest FAT32 volume needs.
  static constexpr u32 kMostSectors = 0x40000;

  explicit SparseDisk(std::span<const u8> description);

  Lba SectorCount() const override { return Lba(sector_count_); }
  /// Expects that the sectors exist, and that nobody reads or writes for ever.
  Status Read(Lba first, fs::ScatterList buffers) override;
  Status Write(Lba first, fs::GatherList buffers) override;
  Status Flush() override { return Status::kSuccess; }

  static std::vector<u8> Describe(std::span<const std::byte> disk);

 private:
  u32 sector_count_ = 1;
  std::map<u64, std::span<const u8>> listed_;
  std::map<u64, std::vector<std::byte>> written_;
  u64 sectors_moved_ = 0;
};

}  // namespace fl::fuzz
