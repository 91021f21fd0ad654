// FatVolume: a mounted FAT12, FAT16 or FAT32 volume, for reading.
// Invariants: nothing but counters and the sector cache changes after Mount. No sector outside the
//   volume is ever asked for, whatever the volume's contents say.
// Threads: there is no lock. A read may sleep and let other threads through any of this; see
//   sector_cache.h and extents.h for how what is shared stays right. Everything else is on the
//   stack or in objects of the calling thread. The memory allocator is taken not to sleep.
#pragma once

#include "fs/fat/directory.h"
#include "fs/fat/fat_table.h"
#include "fs/volume.h"

namespace fl::fs::fat {

class FatVolume final : public Volume {
 public:
  /// `device` outlives the volume and everything opened on it. `volume_id` becomes part of the
  /// identity of its files. `error` may be null. May sleep.
  static Result<RefPtr<FatVolume>> Mount(BlockDevice& device, u32 volume_id, MountError* error);

  u32 Id() const override { return id_; }
  Result<Opened> Open(std::string_view path) override;
  VolumeCounters Counters() const override { return {cache_.sectors_read(), data_sectors_}; }
  void DropCache() override { cache_.Drop(); }

  const VolumeLayout& layout() const { return layout_; }
  // For this volume's files and directories.
  const FatTable& table() const { return table_; }
  SectorCache& cache() { return cache_; }
  Status ReadData(Lba first, u32 sectors, ScatterList buffers);

 private:
  FatVolume(BlockDevice& device, u32 id, const VolumeLayout& layout)
      : device_(device), id_(id), layout_(layout), cache_(device), table_(layout_, cache_) {}

  Result<Opened> OpenRoot();
  Result<Opened> OpenEntry(const DirectoryReader& reader);

  BlockDevice& device_;
  const u32 id_;
  const VolumeLayout layout_;
  SectorCache cache_;
  FatTable table_;
  u64 data_sectors_ = 0;
};

/// What is known of the entry that `reader` stands at.
Result<DirectoryEntryInfo> InfoOf(const DirectoryReader& reader, u32 volume_id);

}  // namespace fl::fs::fat
