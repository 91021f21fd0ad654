// The boot sector of a FAT volume, and the geometry that follows from it.
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "Boot Sector and BPB" and "FAT
//   Type Determination".
// Invariant: a VolumeLayout has been checked: every area lies inside the volume, the volume inside
//   the disk, and the FAT has an entry for each cluster, so that no sector number made from it is
//   wild.
#pragma once

#include "fs/block_device.h"
#include "fs/mount_error.h"
#include "kernel/base/little_endian.h"
#include "kernel/base/result.h"

namespace fl::fs::fat {

struct BootSector {
  u8 jump[3];
  char oem_name[8];
  LeU16 bytes_per_sector;
  u8 sectors_per_cluster;
  LeU16 reserved_sectors;
  u8 fat_count;
  LeU16 root_entries;
  LeU16 total_sectors_16;
  u8 media;
  LeU16 fat_sectors_16;
  LeU16 sectors_per_track;
  LeU16 heads;
  LeU32 hidden_sectors;
  LeU32 total_sectors_32;
  // From here on FAT32 only; FAT12 and FAT16 hold other things at these places.
  LeU32 fat_sectors_32;
  LeU16 extended_flags;
  LeU16 version;
  LeU32 root_cluster;
  LeU16 information_sector;
  LeU16 backup_boot_sector;
  u8 reserved[12];
  u8 drive_number;
  u8 reserved_1;
  u8 boot_signature;
  LeU32 serial;
  char label[11];
  char type_name[8];
  u8 code[420];
  LeU16 signature;
};
static_assert(sizeof(BootSector) == kSectorSize && alignof(BootSector) == 1);

enum class FatWidth : u8 { k12, k16, k32 };

inline constexpr u32 kFirstCluster = 2;
/// Fewer clusters than this make a volume FAT12, fewer than the next one FAT16.
inline constexpr u32 kFat16Clusters = 4085;
inline constexpr u32 kFat32Clusters = 65525;

inline constexpr u32 kLabelBytes = 11;

struct VolumeLayout {
  FatWidth width = FatWidth::k12;
  u32 cluster_shift = 0;  ///< A cluster has 1 << this sectors.
  u32 cluster_count = 0;  ///< Numbered from kFirstCluster.
  u32 fat_start = 0;      ///< First sector of the FAT in use, and its length.
  u32 fat_sectors = 0;
  u32 first_copy = 0;  ///< First sector of the first FAT that changes go to, one after the other.
  u32 copies = 1;      ///< How many there are; the one in use is among them.
  u32 information_sector = 0;  ///< FAT32, if there is one: FSInfo.
  u32 root_start = 0;          ///< FAT12 and FAT16: the root directory's sectors.
  u32 root_sectors = 0;
  u32 root_cluster = 0;  ///< FAT32: the root directory's first cluster.
  u32 data_start = 0;
  u32 total_sectors = 0;
  u32 serial = 0;
  char label[kLabelBytes] = {};  ///< As the boot sector has it, padded with spaces, or all zero.

  bool Contains(u32 cluster) const { return cluster - kFirstCluster < cluster_count; }
  u32 ClusterSectors() const { return 1u << cluster_shift; }
  u32 ClusterBytes() const { return kSectorSize << cluster_shift; }
  u32 ClustersFor(u32 bytes) const {
    return u32((u64(bytes) + ClusterBytes() - 1) / kSectorSize >> cluster_shift);
  }
  /// `cluster` is one of the volume's.
  Lba FirstSector(u32 cluster) const {
    return Lba(data_start + (u64(cluster - kFirstCluster) << cluster_shift));
  }
};

/// kUnrecognizedVolume: this is no FAT volume (or one with sectors of another size); kDiskCorrupt:
/// it is one, but makes no sense. `error` may be null.
Result<VolumeLayout> ParseBootSector(const BootSector& boot, Lba disk_sectors, MountError* error);

/// Reads the first sector of `device` and parses it. May sleep.
Result<VolumeLayout> ReadBootSector(BlockDevice& device, MountError* error);

}  // namespace fl::fs::fat
