// Extents: the clusters of one file as runs that lie together, built from its chain as far as
// needed.
// Invariants: extents are ordered by their place in the file and join without gaps; the first
//   `known_` clusters of the file are in them. A chain is not followed beyond what the file's size
//   needs but once, to see that it ends.
// Corrupt chains: one that is too short, leaves the volume, or meets a free or bad cluster is
//   kFileCorrupt where it does so; the clusters before are good. One that runs in a circle can have
//   no end, so it is found at the latest when the file's last cluster is asked for.
// Threads: reading the table may sleep and let other threads extend the same file. Progress is
//   noted before each read and compared after it; who finds it changed throws the answer away.
//   Nothing points into the vector across a read. Who appends or truncates is alone in here (the
//   volume's lock).
#pragma once

#include "fs/fat/fat_table.h"
#include "kernel/base/vector.h"

namespace fl::fs::fat {

class Extents {
 public:
  using Run = ClusterRun;

  /// `clusters`: how many the file's size needs.
  Extents(const FatTable& table, u32 first_cluster, u32 clusters)
      : table_(table), first_(first_cluster), clusters_(clusters) {}

  /// Where cluster `index` of the file lies, with as many of the `wanted` ones as follow it
  /// directly. `index` is less than the file's clusters, `wanted` at least 1. May sleep.
  Result<Run> Find(u32 index, u32 wanted);
  u32 clusters() const { return clusters_; }
  /// The file's last cluster; it has one. May sleep.
  Result<u32> Last();
  /// These follow the file's last cluster, which has been asked for. kNoMemory changes nothing.
  Status Append(std::span<const Run> runs);
  /// The file ends after so many clusters, no more than it has, of which the last one has been asked
  /// for.
  void Truncate(u32 clusters);
  /// How many runs are known so far.
  u32 size() const { return extents_.size(); }

 private:
  struct Extent {
    u32 index;
    u32 cluster;
  };

  Status ExtendTo(u32 count);
  Status Start();
  Status Step();
  Status CheckEnd();
  /// The table speaks of the disk; of a file it is the file that is corrupt.
  Result<std::optional<u32>> NextOf(u32 cluster) const;

  const FatTable& table_;
  u32 first_;
  u32 clusters_;
  Vector<Extent> extents_;
  u32 known_ = 0;
  u32 last_ = 0;  ///< The cluster at known_ - 1.
  LoopGuard guard_;
  bool end_checked_ = false;
};

}  // namespace fl::fs::fat
