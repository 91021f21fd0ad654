// The boot sector of a FAT volume: see boot_sector.h.
#include "fs/fat/boot_sector.h"

namespace fl::fs::fat {
namespace {

constexpr u16 kBootSignature = 0xAA55;
constexpr u32 kRootEntrySize = 32;
constexpr u32 kMaxClusters = 0x0FFFFFF7 - kFirstCluster;  // FAT32 keeps the numbers from there on.

bool IsPowerOfTwo(u32 value) { return value != 0 && (value & (value - 1)) == 0; }

u32 Log2(u32 power) {
  u32 shift = 0;
  while ((1u << shift) < power) ++shift;
  return shift;
}

bool IsNamed(const BootSector& boot, const char (&name)[9]) {
  return __builtin_memcmp(boot.oem_name, name, sizeof(boot.oem_name)) == 0;
}

/// Is this sector one that a FAT formatter wrote, whatever its numbers are worth?
Status Recognize(const BootSector& boot, MountError* error) {
  const auto no = [&](const char* reason, std::optional<u64> number = std::nullopt) {
    return Refuse(error, Status::kUnrecognizedVolume, reason, number);
  };
  if (boot.signature != kBootSignature) return no("the first sector is no boot sector");
  if (IsNamed(boot, "NTFS    ")) return no("this is an NTFS volume, not FAT");
  if (IsNamed(boot, "EXFAT   ")) return no("this is an exFAT volume, not FAT");
  if (boot.jump[0] != 0xE9 && (boot.jump[0] != 0xEB || boot.jump[2] != 0x90)) {
    return no("the boot sector does not begin with a jump");
  }
  if (boot.media != 0xF0 && boot.media < 0xF8) return no("unknown FAT media byte", boot.media);
  const u32 bytes = boot.bytes_per_sector;
  if (!IsPowerOfTwo(bytes) || bytes < 128 || bytes > 4096) {
    return no("impossible number of bytes in a sector", bytes);
  }
  if (bytes != kSectorSize) return no("FAT volume with sectors that have not 512 bytes", bytes);
  if (!IsPowerOfTwo(boot.sectors_per_cluster)) {
    return no("impossible number of sectors in a cluster", boot.sectors_per_cluster);
  }
  return Status::kSuccess;
}

u32 FatBytes(FatWidth width, u32 entries) {
  switch (width) {
    case FatWidth::k12:
      return entries + (entries + 1) / 2;
    case FatWidth::k16:
      return entries * 2;
    case FatWidth::k32:
      break;
  }
  return entries * 4;
}

/// What all widths have at the same distance behind their last own field.
struct ExtendedFields {
  u8 drive_number;
  u8 reserved;
  u8 signature;
  LeU32 serial;
  char label[kLabelBytes];
};

void ReadIdentity(const void* at, VolumeLayout& layout) {
  ExtendedFields fields;
  __builtin_memcpy(&fields, at, sizeof(fields));
  // 0x28 has the serial number alone.
  if (fields.signature != 0x28 && fields.signature != 0x29) return;
  layout.serial = fields.serial;
  if (fields.signature == 0x29) __builtin_memcpy(layout.label, fields.label, kLabelBytes);
}

/// What only FAT32 has, checked against what only the others have.
Status CompleteFat32(const BootSector& boot, VolumeLayout& layout, MountError* error) {
  const auto corrupt = [&](const char* reason, std::optional<u64> number = std::nullopt) {
    return Refuse(error, Status::kDiskCorrupt, reason, number);
  };
  if (boot.fat_sectors_16 != 0)
    return corrupt("FAT16 layout with too many clusters for FAT16", layout.cluster_count);
  if (boot.root_entries != 0) return corrupt("FAT32 volume with a fixed root directory");
  if (boot.version != 0) return corrupt("unknown FAT32 version", boot.version);
  layout.root_cluster = boot.root_cluster;
  if (!layout.Contains(layout.root_cluster)) {
    return corrupt("the FAT32 root directory lies outside the volume", layout.root_cluster);
  }
  constexpr u32 kOneFatOnly = 0x80;
  if (boot.extended_flags & kOneFatOnly) {
    const u32 active = boot.extended_flags & 0x0F;
    if (active >= boot.fat_count) return corrupt("the FAT in use does not exist", active);
    layout.fat_start += active * layout.fat_sectors;
    layout.first_copy = layout.fat_start;
    layout.copies = 1;
  }
  if (boot.information_sector != 0 && boot.information_sector < boot.reserved_sectors) {
    layout.information_sector = boot.information_sector;
  }
  ReadIdentity(&boot.drive_number, layout);
  return Status::kSuccess;
}

Status CompleteFat12Or16(const BootSector& boot, VolumeLayout& layout, MountError* error) {
  const auto corrupt = [&](const char* reason, std::optional<u64> number = std::nullopt) {
    return Refuse(error, Status::kDiskCorrupt, reason, number);
  };
  if (boot.fat_sectors_16 == 0)
    return corrupt("FAT32 layout with too few clusters for FAT32", layout.cluster_count);
  if (boot.root_entries == 0) return corrupt("the root directory has no room for any entry");
  ReadIdentity(&boot.fat_sectors_32, layout);
  return Status::kSuccess;
}

}  // namespace

Result<VolumeLayout> ParseBootSector(const BootSector& boot, Lba disk_sectors, MountError* error) {
  TRY_STATUS(Recognize(boot, error));
  const auto corrupt = [&](const char* reason, std::optional<u64> number = std::nullopt) {
    return Refuse(error, Status::kDiskCorrupt, reason, number);
  };
  const u32 total = boot.total_sectors_16 ? boot.total_sectors_16 : boot.total_sectors_32.get();
  const u32 fat_sectors = boot.fat_sectors_16 ? boot.fat_sectors_16 : boot.fat_sectors_32.get();
  if (total == 0) return corrupt("the volume has no sectors");
  if (disk_sectors < Lba(total)) return corrupt("the volume is larger than its disk", total);
  if (boot.reserved_sectors == 0) return corrupt("the FAT would overlap the boot sector");
  if (boot.fat_count == 0) return corrupt("the volume has no FAT");
  if (fat_sectors == 0) return corrupt("the FAT has no sectors");

  const u32 root_sectors = (boot.root_entries * kRootEntrySize + kSectorSize - 1) / kSectorSize;
  const u64 root_start = boot.reserved_sectors + u64(boot.fat_count) * fat_sectors;
  const u64 data_start = root_start + root_sectors;
  if (data_start >= total) return corrupt("the FAT and the root directory fill the volume", total);

  VolumeLayout layout;
  layout.cluster_shift = Log2(boot.sectors_per_cluster);
  layout.total_sectors = total;
  layout.fat_start = boot.reserved_sectors;
  layout.fat_sectors = fat_sectors;
  layout.first_copy = layout.fat_start;
  layout.copies = boot.fat_count;
  layout.root_start = u32(root_start);
  layout.root_sectors = root_sectors;
  layout.data_start = u32(data_start);
  layout.cluster_count = (total - layout.data_start) >> layout.cluster_shift;
  if (layout.cluster_count == 0) return corrupt("the volume has no cluster");
  if (layout.cluster_count > kMaxClusters) {
    return corrupt("the volume has too many clusters", layout.cluster_count);
  }
  // The count alone decides; what the volume calls itself is for people.
  if (layout.cluster_count < kFat16Clusters) {
    layout.width = FatWidth::k12;
    TRY_STATUS(CompleteFat12Or16(boot, layout, error));
  } else if (layout.cluster_count < kFat32Clusters) {
    layout.width = FatWidth::k16;
    TRY_STATUS(CompleteFat12Or16(boot, layout, error));
  } else {
    layout.width = FatWidth::k32;
    TRY_STATUS(CompleteFat32(boot, layout, error));
  }
  const u32 needed = FatBytes(layout.width, layout.cluster_count + kFirstCluster);
  if (u64(fat_sectors) * kSectorSize < needed) {
    return corrupt("the FAT is too small for the clusters", layout.cluster_count);
  }
  return layout;
}

[[gnu::noinline]] Result<VolumeLayout> ReadBootSector(BlockDevice& device, MountError* error) {
  if (device.SectorCount() == Lba(0)) {
    return Refuse(error, Status::kUnrecognizedVolume, "the disk has no sectors");
  }
  alignas(16) BootSector boot;
  const std::span<std::byte> whole[] = {std::as_writable_bytes(std::span(&boot, 1))};
  if (const Status status = device.Read(Lba(0), whole); IsFailure(status)) {
    return Refuse(error, status, "the first sector cannot be read");
  }
  return ParseBootSector(boot, device.SectorCount(), error);
}

}  // namespace fl::fs::fat
