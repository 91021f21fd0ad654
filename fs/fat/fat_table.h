// FatTable: the file allocation table: which cluster follows which.
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "FAT Data Structure".
// Invariant: a cluster that Next gives is one of the volume's. An entry that a chain cannot contain
//   (free, bad, reserved, out of range) is kDiskCorrupt.
// Threads: no state of its own; see sector_cache.h.
#pragma once

#include <optional>

#include "fs/fat/boot_sector.h"
#include "fs/fat/sector_cache.h"

namespace fl::fs::fat {

class FatTable {
 public:
  FatTable(const VolumeLayout& layout, SectorCache& cache) : layout_(layout), cache_(cache) {}

  /// The cluster after `cluster`, or nothing if it is the last of its chain. kDiskCorrupt also if
  /// `cluster` itself is none of the volume's. May sleep.
  Result<std::optional<u32>> Next(u32 cluster) const;
  const VolumeLayout& layout() const { return layout_; }

 private:
  Result<u32> ReadEntry(u32 cluster) const;
  Status CopyBytes(u32 offset, std::span<std::byte> out) const;

  const VolumeLayout& layout_;
  SectorCache& cache_;
};

/// Notices that a chain runs in a circle, by Brent's method: one remembered cluster, moved up to
/// the current one after 1, 2, 4, 8... steps. A chain that has a circle is told within a small
/// multiple of its different clusters.
class LoopGuard {
 public:
  void Start(u32 first) {
    remembered_ = first;
    steps_ = 0;
    limit_ = 1;
  }
  bool WouldClose(u32 next) const { return next == remembered_; }
  void Advance(u32 next) {
    if (++steps_ < limit_) return;
    remembered_ = next;
    steps_ = 0;
    limit_ *= 2;
  }

 private:
  u32 remembered_ = 0;
  u32 steps_ = 0;
  u32 limit_ = 1;
};

}  // namespace fl::fs::fat
