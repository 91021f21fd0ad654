// DirectorySectors: see directory_sectors.h.
#include "fs/fat/directory_sectors.h"

namespace fl::fs::fat {

Result<bool> DirectorySectors::First() {
  const VolumeLayout& layout = table_.layout();
  cluster_ = start_.cluster;
  index_ = 0;
  if (start_.cluster == DirectoryStart::kFixedRoot) {
    lba_ = Lba(layout.root_start);
    return layout.root_sectors != 0;
  }
  if (!layout.Contains(cluster_)) return Status::kDiskCorrupt;
  lba_ = layout.FirstSector(cluster_);
  return true;
}

Result<bool> DirectorySectors::Next() {
  const VolumeLayout& layout = table_.layout();
  const u32 next = index_ + 1;
  if (start_.cluster == DirectoryStart::kFixedRoot) {
    if (next == layout.root_sectors) return false;
    if (next == kMaxSectors) return Status::kDiskCorrupt;
    ++lba_;
  } else if (next & (layout.ClusterSectors() - 1)) {
    ++lba_;
  } else {
    const std::optional<u32> cluster = TRY(table_.Next(cluster_));
    if (!cluster) return false;
    if (next == kMaxSectors) return Status::kDiskCorrupt;
    cluster_ = *cluster;
    lba_ = layout.FirstSector(cluster_);
  }
  index_ = next;
  return true;
}

}  // namespace fl::fs::fat
