// Partitions: where on a disk the FAT volume lies, and a disk's part seen as a disk of its own.
// A disk without partitions ("superfloppy": the volume begins in the first sector) is looked for
// first, since such a sector ends in the same signature as a partition table.
#pragma once

#include "fs/block_device.h"
#include "fs/mount_error.h"
#include "kernel/base/result.h"

namespace fl::fs {

struct PartitionRange {
  Lba start;
  u64 sectors = 0;
  bool operator==(const PartitionRange&) const = default;
};

/// The sectors of a range of `disk`, numbered from 0. The disk outlives the view.
/// Invariant: no transfer leaves the range, whatever is asked for (kInvalidParameter).
class PartitionView final : public BlockDevice {
 public:
  PartitionView(BlockDevice& disk, PartitionRange range) : disk_(disk), range_(range) {}
  Lba SectorCount() const override { return Lba(range_.sectors); }
  Status Read(Lba first, ScatterList buffers) override;
  Status Write(Lba first, GatherList buffers) override;
  Status Flush() override { return disk_.Flush(); }

 private:
  bool Contains(Lba first, const auto& buffers) const;

  BlockDevice& disk_;
  PartitionRange range_;
};

/// Finds the first FAT volume of `disk`: the whole disk, or one of the four primary partitions of a
/// master boot record. kUnrecognizedVolume with a reason if there is none; a failure to read the
/// disk is passed on. May sleep.
Result<PartitionRange> FindFatVolume(BlockDevice& disk, MountError* error);

}  // namespace fl::fs
