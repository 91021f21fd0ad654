// FatTable: see fat_table.h.
#include "fs/fat/fat_table.h"

namespace fl::fs::fat {
namespace {

/// FAT12 has one and a half bytes for each entry: those of `cluster` begin here.
u32 OffsetOf12(u32 cluster) { return cluster + cluster / 2; }

constexpr u32 kOurs32 = 0x0FFFFFFF;  ///< The upper four bits of a FAT32 entry are not ours.

std::span<std::byte> BytesOf(auto& field) { return std::as_writable_bytes(std::span(&field, 1)); }

}  // namespace

u32 FatTable::AllOnes() const {
  switch (layout_.width) {
    case FatWidth::k12:
      return 0xFFF;
    case FatWidth::k16:
      return 0xFFFF;
    case FatWidth::k32:
      break;
  }
  return kOurs32;
}

Status FatTable::CopyBytes(u32 offset, std::span<std::byte> out) const {
  const u32 in_sector = offset % kSectorSize;
  const u32 first =
      kSectorSize - in_sector < out.size() ? kSectorSize - in_sector : u32(out.size());
  TRY_STATUS(cache_.Copy(SectorOf(offset), in_sector, out.first(first)));
  if (first == out.size()) return Status::kSuccess;
  return cache_.Copy(SectorOf(offset + first), 0, out.subspan(first));
}

Status FatTable::ChangeBytes(u32 offset, std::span<const std::byte> bytes) {
  const u32 in_sector = offset % kSectorSize;
  const u32 room = kSectorSize - in_sector;
  const u32 first = room < bytes.size() ? room : u32(bytes.size());
  TRY_STATUS(cache_.Change(SectorOf(offset), in_sector, bytes.first(first)));
  if (first == bytes.size()) return Status::kSuccess;
  return cache_.Change(SectorOf(offset + first), 0, bytes.subspan(first));
}

Result<u32> FatTable::ReadEntry(u32 cluster) const {
  switch (layout_.width) {
    case FatWidth::k12: {
      LeU16 pair;
      TRY_STATUS(CopyBytes(OffsetOf12(cluster), BytesOf(pair)));
      return cluster % 2 ? pair.get() >> 4 : pair.get() & 0xFFF;
    }
    case FatWidth::k16: {
      LeU16 entry;
      TRY_STATUS(CopyBytes(cluster * 2, BytesOf(entry)));
      return u32(entry);
    }
    case FatWidth::k32:
      break;
  }
  LeU32 entry;
  TRY_STATUS(CopyBytes(cluster * 4, BytesOf(entry)));
  return entry & kOurs32;
}

Status FatTable::WriteEntry(u32 cluster, u32 value) {
  KASSERT(layout_.Contains(cluster));
  switch (layout_.width) {
    case FatWidth::k12: {
      LeU16 pair;
      TRY_STATUS(CopyBytes(OffsetOf12(cluster), BytesOf(pair)));
      pair = cluster % 2 ? u16((pair & 0x000F) | value << 4) : u16((pair & 0xF000) | value);
      return ChangeBytes(OffsetOf12(cluster), BytesOf(pair));
    }
    case FatWidth::k16: {
      LeU16 entry;
      entry = u16(value);
      return ChangeBytes(cluster * 2, BytesOf(entry));
    }
    case FatWidth::k32:
      break;
  }
  LeU32 entry;
  TRY_STATUS(CopyBytes(cluster * 4, BytesOf(entry)));
  entry = (entry & ~kOurs32) | value;
  return ChangeBytes(cluster * 4, BytesOf(entry));
}

Result<std::optional<u32>> FatTable::Next(u32 cluster) const {
  if (!layout_.Contains(cluster)) return Status::kDiskCorrupt;
  const u32 entry = TRY(ReadEntry(cluster));
  // The last eight values end a chain; the one before them marks a bad cluster.
  if (entry >= AllOnes() - 7) return std::optional<u32>();
  if (!layout_.Contains(entry)) return Status::kDiskCorrupt;
  return std::optional<u32>(entry);
}

Result<bool> FatTable::IsFree(u32 cluster) const {
  KASSERT(layout_.Contains(cluster));
  return TRY(ReadEntry(cluster)) == 0;
}

}  // namespace fl::fs::fat
