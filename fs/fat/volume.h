// FatVolume: a mounted FAT12, FAT16 or FAT32 volume.
// Invariants: no sector outside the volume is ever asked for or written, whatever the volume's
//   contents say. Between two changes the cache has no open sector: what a call has done has been
//   given to the disk when it returns.
// Order of writes: data, FAT, directory entry where something comes; directory entry, FAT where
//   something goes. An entry that moves is taken away before it is written anew.
// Threads: lock_ lets in many readers or one change, across disk transfers. Readers share the cache
//   and the extents of files; see sector_cache.h and extents.h for how those stay right. The memory
//   allocator is taken not to sleep.
#pragma once

#include "fs/fat/cluster_allocator.h"
#include "fs/fat/directory_writer.h"
#include "fs/fat/node_table.h"
#include "fs/shared_lock.h"
#include "fs/volume.h"

namespace fl::fs::fat {

class FatVolume final : public Volume {
 public:
  /// `device` and `system` outlive the volume and everything opened on it. `volume_id` becomes part
  /// of the identity of its files. `error` may be null. May sleep.
  static Result<RefPtr<FatVolume>> Mount(BlockDevice& device, u32 volume_id, System& system,
                                         MountError* error);

  u32 Id() const override { return id_; }
  Result<Opened> Open(std::string_view path) override;
  Result<Opened> Create(std::string_view path, EntryKind kind, u32 attributes) override;
  Status Remove(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to, Replace replace) override;
  Result<VolumeSpace> Space() override;
  Result<VolumeIdentity> Identity() override;
  Status Flush() override;
  VolumeCounters Counters() const override;
  void DropCache() override { cache_.Drop(); }

  const VolumeLayout& layout() const { return layout_; }

  // For this volume's files and directories.

  /// The right to change something, and the end of the change: what it left open is forgotten, FSInfo
  /// is brought up to date.
  class Change {
   public:
    explicit Change(FatVolume& volume);
    ~Change();
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    FatVolume& volume_;
    const SharedLock::Writer guard_;
  };
  SharedLock& lock() { return lock_; }
  FatTable& table() { return table_; }
  SectorCache& cache() { return cache_; }
  ClusterAllocator& allocator() { return allocator_; }
  DirectoryWriter& writer() { return writer_; }
  NodeTable& nodes() { return nodes_; }
  u64 Now() { return system_.Now(); }
  Status ReadData(Lba first, u32 sectors, ScatterList buffers);
  Status WriteData(Lba first, u32 sectors, GatherList buffers);
  Status FlushDevice() { return device_.Flush(); }
  /// What is known of the entry that `reader` stands at; of an open one, what is true by now.
  Result<DirectoryEntryInfo> InfoOf(const DirectoryReader& reader);

 private:
  using Names = std::span<const std::string_view>;
  /// A path whose last component is to be there, or not.
  struct Target {
    Vector<std::string_view> names;
    DirectoryStart parent;
    std::string_view name() const { return *(names.span().end() - 1); }
  };
  /// An entry as it was found; nothing of it points into a reader.
  struct Found {
    ShortEntry entry;
    EntrySlots slots;
    EntryPlace place() const { return slots.place(); }
    bool is_directory() const { return entry.attributes & kAttributeDirectory; }
  };

  FatVolume(BlockDevice& device, u32 id, System& system, const VolumeLayout& layout);

  Result<Opened> OpenRoot();
  /// `name` only for an entry that is not open yet.
  Result<Opened> OpenEntry(EntryPlace place, const ShortEntry& entry, FileName name);
  Result<DirectoryEntryInfo> MakeInfo(EntryPlace place, const ShortEntry& entry, FileName name);

  /// Where the directory begins that `names` lead to from the root. kInvalidParameter: the way leads
  /// through the one that begins at `forbidden`.
  Result<DirectoryStart> FindDirectory(Names names, std::optional<DirectoryStart> forbidden);
  /// `of_root`: what is said of the root, which has no name.
  Result<Target> FindTarget(std::string_view path, Status of_root,
                            std::optional<DirectoryStart> forbidden = std::nullopt);
  Result<std::optional<Found>> Find(const Target& target);
  Result<Found> FindExisting(const Target& target);
  Result<ShortEntry> NewEntry(EntryKind kind, u32 attributes);
  Result<u32> NewDirectoryCluster(DirectoryStart parent, const ShortEntry& entry);
  Result<Opened> CreateIn(const Target& target, const ShortEntry& entry);
  Status CheckEmpty(const Found& found);
  void ForgetRemoved(const Found& found);
  Status SetParentOf(const Found& directory, DirectoryStart parent);
  struct Move;
  Status Apply(Move& move);
  void Undo(Move& move);
  void FreeOrphans();

  BlockDevice& device_;
  System& system_;
  const u32 id_;
  const VolumeLayout layout_;
  SharedLock lock_;
  SectorCache cache_;
  FatTable table_;
  ClusterAllocator allocator_;
  DirectoryWriter writer_;
  NodeTable nodes_;
  u64 data_sectors_ = 0;
  u64 data_sectors_written_ = 0;
};

}  // namespace fl::fs::fat
