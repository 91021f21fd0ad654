// FatTable: the file allocation table: which cluster follows which.
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "FAT Data Structure".
// Invariant: a cluster that Next gives is one of the volume's. An entry that a chain cannot contain
//   (free, bad, reserved, out of range) is kDiskCorrupt.
// Changes: entries are set in the cache, which keeps their order (sector_cache.h). An entry of FAT12
//   that lies in two sectors is not set in one step; whatever stands before it in a chain waits.
// Threads: no state of its own; see sector_cache.h.
#pragma once

#include <optional>

#include "fs/fat/boot_sector.h"
#include "fs/fat/sector_cache.h"

namespace fl::fs::fat {

/// Clusters that lie together.
struct ClusterRun {
  u32 cluster = 0;
  u32 count = 0;
  u32 last() const { return cluster + count - 1; }
};

class FatTable {
 public:
  FatTable(const VolumeLayout& layout, SectorCache& cache) : layout_(layout), cache_(cache) {}

  /// The cluster after `cluster`, or nothing if it is the last of its chain. kDiskCorrupt also if
  /// `cluster` itself is none of the volume's. May sleep.
  Result<std::optional<u32>> Next(u32 cluster) const;
  /// `cluster` is one of the volume's, here and below. May sleep.
  Result<bool> IsFree(u32 cluster) const;
  /// `next` follows `cluster` from now on. May sleep.
  Status SetNext(u32 cluster, u32 next) { return WriteEntry(cluster, next); }
  /// `cluster` is the last of its chain. May sleep.
  Status SetLast(u32 cluster) { return WriteEntry(cluster, AllOnes()); }
  Status SetFree(u32 cluster) { return WriteEntry(cluster, 0); }
  const VolumeLayout& layout() const { return layout_; }

 private:
  u32 AllOnes() const;
  Result<u32> ReadEntry(u32 cluster) const;
  Status WriteEntry(u32 cluster, u32 value);
  /// Bytes of the FAT; they may lie in two sectors.
  Status CopyBytes(u32 offset, std::span<std::byte> out) const;
  Status ChangeBytes(u32 offset, std::span<const std::byte> bytes);
  Lba SectorOf(u32 offset) const { return Lba(u64(layout_.fat_start) + offset / kSectorSize); }

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
