// ClusterAllocator: finds free clusters, links them into chains, and gives chains back.
// Order on the disk: a chain is linked from its end to its start, so that an entry never names a
//   cluster that is still free; it is given back from its start to its end. Whatever stops either in
//   the middle leaves clusters that belong to nobody, and nothing worse.
// Policy: the first free clusters from a goal on (behind the file's last cluster), or from behind
//   those that were taken last, round the volume; on an empty volume a file lies together.
// FSInfo (FAT32): its count goes up and down with ours; what it said when the volume was mounted is
//   believed until the clusters are counted for Space().
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "FAT32 FSInfo Sector Structure".
// Threads: used under the volume's lock by whoever changes the volume.
#pragma once

#include "fs/fat/fat_table.h"
#include "kernel/base/vector.h"

namespace fl::fs::fat {

class ClusterAllocator {
 public:
  using Runs = std::span<const ClusterRun>;

  ClusterAllocator(FatTable& table, SectorCache& cache) : table_(table), cache_(cache) {}

  /// Before a change, the first of which looks what FSInfo says. A sector that makes no sense or cannot
  /// be read is left alone. May sleep.
  void LearnInformation();
  /// Appends `count` free clusters to `runs`, from `goal` on if it is one of the volume's. Nothing
  /// changes: the next search finds them again. `own`: how many the caller has reserved; others' are not
  /// for it. kDiskFull. May sleep.
  Status Find(u32 goal, u32 count, Vector<ClusterRun>& runs, u32 own = 0);
  /// So many clusters, whichever, will be found by who reserved them. kDiskFull. May sleep.
  Status Reserve(u32 count);
  void Unreserve(u32 count) { reserved_ -= count; }
  /// They become one chain, on the disk. A failure has given back what it could. May sleep.
  Status Take(Runs runs);
  /// Undoes Take; nothing leads to the chain any more. What cannot be done leaves clusters lost.
  void GiveBack(Runs runs);
  /// Gives the chain from `first` on back, as far as it is one. Nothing leads to it any more. What
  /// cannot be done leaves clusters lost. May sleep.
  void Free(u32 first);
  /// May sleep.
  Result<u32> CountFree();
  /// FSInfo says what has changed. That it could not is no failure of the change: it is a hint.
  void WriteInformation();

 private:
  void ReadInformation();
  Status Link(Runs runs);
  Status FreeOne(u32 cluster);
  void FinishFreeing(Status status);

  FatTable& table_;
  SectorCache& cache_;
  std::optional<u32> free_;  ///< Nothing: nobody knows.
  bool counted_ = false;     ///< By ourselves; else it is FSInfo's.
  u32 reserved_ = 0;
  u32 hint_ = kFirstCluster;  ///< Behind the cluster that was taken last.
  bool learnt_ = false;
  bool has_information_ = false;  ///< There is an FSInfo sector that makes sense.
  bool information_changed_ = false;
};

}  // namespace fl::fs::fat
