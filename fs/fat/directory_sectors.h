// DirectorySectors: the sectors of one directory in their order: those of a chain of clusters, or the
// fixed area of a FAT12 or FAT16 root.
// Invariant: there are at most as many as 65536 entries take, so a chain in a circle ends too, with
//   kDiskCorrupt. A failed step leaves the walk where it was.
#pragma once

#include "fs/fat/entry_slots.h"
#include "fs/fat/fat_table.h"

namespace fl::fs::fat {

/// Where a directory begins: at a cluster, or in the fixed area of a FAT12 or FAT16 root.
struct DirectoryStart {
  static constexpr u32 kFixedRoot = 0;
  u32 cluster = kFixedRoot;
  bool operator==(const DirectoryStart&) const = default;
};

class DirectorySectors {
 public:
  static constexpr u32 kMaxSectors = 65536 / kEntriesInSector;

  DirectorySectors(const FatTable& table, DirectoryStart start) : table_(table), start_(start) {}

  /// Goes to the first sector; false: there is none.
  Result<bool> First();
  /// Goes to the next sector; false: there is none, and the walk stays at the last one.
  Result<bool> Next();
  Lba sector() const { return lba_; }
  /// From the directory's start.
  u32 index() const { return index_; }
  /// The cluster at hand, unless the directory is the fixed root.
  u32 cluster() const { return cluster_; }

 private:
  const FatTable& table_;
  const DirectoryStart start_;
  u32 cluster_ = 0;
  u32 index_ = 0;
  Lba lba_;
};

}  // namespace fl::fs::fat
