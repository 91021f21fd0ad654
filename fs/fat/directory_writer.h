// DirectoryWriter: finds room for entries in a directory, writes them, and takes them away.
// Order on the disk: a name with its parts is put into one sector wherever sixteen slots are enough, so
//   that it comes and goes with one write; what that leaves empty before it is marked first. A longer
//   name goes behind the end mark, its second sector first, so that the write of the first one makes
//   all of it visible. So Write is seen at its last write or not at all. (A long name, and one that
//   another system put across two sectors, leaves with two writes, the entry itself first.)
// Freed slots are used again; a directory grows by a cluster, and never shrinks.
// Threads: used under the volume's lock by whoever changes the volume.
#pragma once

#include "fs/fat/cluster_allocator.h"
#include "fs/fat/directory.h"

namespace fl::fs::fat {

/// Slots for new entries, and what their place demands.
struct EntryRoom {
  EntrySlots slots;
  bool past_end = false;  ///< What follows them in their sector becomes the end mark.
  Lba next_sector;        ///< Must begin with the end mark; sector 0: there is no such sector.
  SlotRun gap;            ///< Slots before them that the end mark no longer hides.
};

/// The first bytes of entries that are taken away: enough to bring them back.
struct TakenEntries {
  EntrySlots slots;
  u8 first_bytes[kMaxSetEntries];
};

class DirectoryWriter {
 public:
  DirectoryWriter(BlockDevice& device, FatTable& table, SectorCache& cache,
                  ClusterAllocator& allocator)
      : device_(device), table_(table), cache_(cache), allocator_(allocator) {}

  /// Room for `count` entries, if possible in a sector that holds some of `leaving` (whose slots count
  /// as free). kDiskFull; kCannotMake: the directory may not grow any more. May sleep.
  Result<EntryRoom> FindRoom(DirectoryStart start, u32 count, const EntrySlots& leaving);
  /// A failure leaves nothing that can be seen. May sleep.
  Status Write(const EntryRoom& room, std::span<const ShortEntry> entries);
  /// Before entries are taken away: what brings them back.
  Result<TakenEntries> Look(const EntrySlots& slots) const;
  /// The last of the changes waits for the cache's next Flush. May sleep.
  Status Take(const EntrySlots& slots);
  Status Restore(const TakenEntries& taken);
  /// Overwrites one entry. May sleep.
  Status Store(EntryPlace place, const ShortEntry& entry);
  /// Writes a cluster that holds `first` (if any) and zeros, past the cache. May sleep.
  Status InitializeCluster(u32 cluster, std::span<const ShortEntry> first);

 private:
  Result<u32> FreeMask(Lba sector, std::optional<u32>& end) const;
  /// False: there is none.
  Result<bool> Scan(DirectorySectors& sectors, u32 count, const EntrySlots& leaving,
                    EntryRoom& room);
  Status Grow(u32 last_cluster);
  Status MakeEndMark(Lba sector);
  /// To behind the room that was found.
  Status MoveEndMark(const EntryRoom& room);
  Status WriteRun(const SlotRun& run, std::span<const ShortEntry> entries, bool end_follows);

  BlockDevice& device_;
  FatTable& table_;
  SectorCache& cache_;
  ClusterAllocator& allocator_;
};

}  // namespace fl::fs::fat
