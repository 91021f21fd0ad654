// FatTable: see fat_table.h.
#include "fs/fat/fat_table.h"

namespace fl::fs::fat {

Status FatTable::CopyBytes(u32 offset, std::span<std::byte> out) const {
  return cache_.Copy(Lba(u64(layout_.fat_start) + offset / kSectorSize), offset % kSectorSize, out);
}

Result<u32> FatTable::ReadEntry(u32 cluster) const {
  switch (layout_.width) {
    case FatWidth::k12: {
      // One and a half bytes for each entry: its two bytes may lie in two sectors.
      const u32 offset = cluster + cluster / 2;
      LeU16 pair;
      const auto bytes = std::as_writable_bytes(std::span(&pair, 1));
      if (offset % kSectorSize == kSectorSize - 1) {
        TRY_STATUS(CopyBytes(offset, bytes.first(1)));
        TRY_STATUS(CopyBytes(offset + 1, bytes.last(1)));
      } else {
        TRY_STATUS(CopyBytes(offset, bytes));
      }
      return cluster % 2 ? pair.get() >> 4 : pair.get() & 0xFFF;
    }
    case FatWidth::k16: {
      LeU16 entry;
      TRY_STATUS(CopyBytes(cluster * 2, std::as_writable_bytes(std::span(&entry, 1))));
      return u32(entry);
    }
    case FatWidth::k32:
      break;
  }
  LeU32 entry;
  TRY_STATUS(CopyBytes(cluster * 4, std::as_writable_bytes(std::span(&entry, 1))));
  return entry & 0x0FFFFFFF;  // The upper four bits are not ours.
}

Result<std::optional<u32>> FatTable::Next(u32 cluster) const {
  if (!layout_.Contains(cluster)) return Status::kDiskCorrupt;
  const u32 entry = TRY(ReadEntry(cluster));
  const u32 all_ones = layout_.width == FatWidth::k12   ? 0xFFF
                       : layout_.width == FatWidth::k16 ? 0xFFFF
                                                        : 0x0FFFFFFF;
  // The last eight values end a chain; the one before them marks a bad cluster.
  if (entry >= all_ones - 7) return std::optional<u32>();
  if (!layout_.Contains(entry)) return Status::kDiskCorrupt;
  return std::optional<u32>(entry);
}

}  // namespace fl::fs::fat
