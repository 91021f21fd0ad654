// FatFile: one file of a FAT volume.
// Invariants: no byte past the file's size is ever shown, whatever the rest of its last cluster
// holds.
//   Whole sectors go straight between the disk and the caller's buffers, one request for each run of
//   clusters that lie together; a part of a sector goes through one sector on the stack.
// Growing: clusters are found, the data is written to them, they are linked, the entry gets the new
//   size. Until then nobody else sees anything of it, and whatever fails is undone in the reverse
//   order. Shrinking is the other way round.
// Threads: several threads may read at a time; what they share is in Extents. Who writes is alone
//   (the volume's lock).
#pragma once

#include "fs/fat/extents.h"
#include "fs/fat/fat_node.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {

class FatFile final : public File, public FatNode {
 public:
  FatFile(RefPtr<FatVolume> volume, FileName name, EntryPlace place, const ShortEntry& entry);
  ~FatFile() override { volume().allocator().Unreserve(reserved_); }

  FileId Id() const override { return {volume().Id(), id()}; }
  u64 Size() const override { return entry().size; }
  u64 AllocatedSize() const override {
    return u64(extents_.clusters()) * volume().layout().ClusterBytes();
  }
  std::string_view Name() const override { return name(); }
  BasicInformation Basic() const override { return BasicOf(entry()); }
  Status ReadAt(u64 offset, ScatterList buffers) override;
  Status WriteAt(u64 offset, GatherList buffers) override;
  Status Reserve(u64 size) override;
  Status SetSize(u64 size) override;
  Status SetBasic(const BasicInformation& change) override { return SetBasicLocked(change); }
  Status Flush() override;
  using File::ReadAt;
  using File::WriteAt;

 private:
  /// Sectors of the disk that hold consecutive ones of the file.
  struct SectorRun {
    Lba first;
    u32 sectors = 0;
  };
  using Runs = std::span<const ClusterRun>;

  Result<SectorRun> FindSectors(u32 sector, u32 wanted);
  /// Part of the sector that holds `offset`, as much as `out` asks for; zeros past the file's end.
  Status ReadPart(u32 offset, std::span<std::byte> out);
  /// The other way round. `written`: up to there the file's sectors hold something.
  Status WritePart(u32 offset, std::span<const std::byte> in, u32 written);
  /// Into clusters that the file has. `written` goes up to their end.
  Status WriteClusters(u32 offset, GatherList buffers, u32& written);
  Status WriteZeros(u32 from, u32 to, u32& written);
  /// What WriteAt and SetSize leave in the entry beside the size.
  ShortEntry Written() const;
  Status Grow(u32 size, u32 offset, GatherList buffers);
  /// `entry` will be the file's, with clusters that follow the `old_clusters` that it has.
  Status Commit(const ShortEntry& entry, u32 old_last, Runs added);
  void TakeBack(u32 old_last, Runs added);
  Status Shrink(u32 size);

  Extents extents_;
  u32 reserved_ = 0;  ///< Clusters that it has not taken yet.
};

}  // namespace fl::fs::fat
