// FatFile: one file of a FAT volume, for reading.
// Invariants: no byte past the file's size is ever shown, whatever the rest of its last cluster
// holds.
//   Whole sectors go straight from the disk into the caller's buffers, one request for each run of
//   clusters that lie together; a part of a sector goes through one sector on the stack.
// Threads: several threads may read at a time; what they share is in Extents.
#pragma once

#include "fs/fat/extents.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {

class FatFile final : public File {
 public:
  struct Place {
    u32 first_cluster = 0;
    u32 size = 0;
    u64 id = 0;  ///< Of the directory entry.
  };

  FatFile(RefPtr<FatVolume> volume, FileName name, Place place);

  FileId Id() const override { return {volume_->Id(), id_}; }
  u64 Size() const override { return size_; }
  std::string_view Name() const override { return name_; }
  Status ReadAt(u64 offset, ScatterList buffers) override;
  using File::ReadAt;

 private:
  /// Sectors of the disk that hold consecutive ones of the file.
  struct SectorRun {
    Lba first;
    u32 sectors = 0;
  };

  Result<SectorRun> FindSectors(u32 sector, u32 wanted);
  /// Part of the sector that holds `offset`, as much as `out` asks for; zeros past the file's end.
  Status ReadPart(u32 offset, std::span<std::byte> out);

  const RefPtr<FatVolume> volume_;
  const FileName name_;
  const u64 id_;
  const u32 size_;
  Extents extents_;
};

}  // namespace fl::fs::fat
