// Directories of a FAT volume: 32-byte entries in sectors, long names in entries of their own
// before.
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "FAT Directory Structure" and
//   "FAT Long Directory Entries".
// Invariants: a walk ends: at the end mark, where the directory ends, or with kDiskCorrupt after
//   the 65536 entries that FAT allows, so that a chain in a circle ends too. A long name is shown
//   only if all of it is right (order, checksum, padding, UTF-16); otherwise the short name is.
// Threads: a reader belongs to one thread; what it shares with others is in the sector cache.
#pragma once

#include "fs/fat/fat_table.h"
#include "fs/fat/short_name.h"
#include "kernel/base/vector.h"

namespace fl::fs::fat {

struct ShortEntry {
  u8 name[kShortNameBytes];
  u8 attributes;
  u8 case_bits;
  u8 creation_hundredths;
  LeU16 creation_time;
  LeU16 creation_date;
  LeU16 access_date;
  LeU16 first_cluster_high;  ///< FAT32 only.
  LeU16 write_time;
  LeU16 write_date;
  LeU16 first_cluster_low;
  LeU32 size;
};
static_assert(sizeof(ShortEntry) == 32);

struct LongNameEntry {
  u8 order;
  LeU16 units_1[5];
  u8 attributes;
  u8 type;
  u8 checksum;
  LeU16 units_2[6];
  LeU16 first_cluster;
  LeU16 units_3[2];
};
static_assert(sizeof(LongNameEntry) == sizeof(ShortEntry));

inline constexpr u8 kAttributeVolumeLabel = 0x08;
inline constexpr u8 kAttributeDirectory = 0x10;
inline constexpr u8 kAttributesOfLongName = 0x0F;
inline constexpr u8 kAttributesMask = 0x3F;

/// Where a directory begins: at a cluster, or in the fixed area of a FAT12 or FAT16 root.
struct DirectoryStart {
  static constexpr u32 kFixedRoot = 0;
  u32 cluster = kFixedRoot;
  bool operator==(const DirectoryStart&) const = default;
};

DirectoryStart RootOf(const VolumeLayout& layout);

/// The entry's first cluster, unchecked; 0 for an empty file.
u32 FirstClusterOf(const ShortEntry& entry, FatWidth width);
/// Where the directory of `entry` begins. On disk, cluster 0 of ".." means the root.
DirectoryStart StartOf(const ShortEntry& entry, const VolumeLayout& layout);

/// The name of an entry put together from its parts as they are met.
class LongName {
 public:
  Status Add(const LongNameEntry& part);
  void Clear() { expected_ = kNothing; }
  /// The name, if its parts are complete and belong to `entry`; empty otherwise.
  std::span<const u16> NameOf(const ShortEntry& entry) const;

 private:
  static constexpr u32 kUnitsInPart = 13;
  static constexpr u32 kMaxParts = 20;
  static constexpr u32 kMaxLength = 255;
  static constexpr u32 kNothing = ~0u;  ///< No part yet, or a broken one.

  Vector<u16> units_;
  u32 expected_ = kNothing;  ///< Number of the next part; the parts count down to 1.
  u8 checksum_ = 0;
};

class DirectoryReader {
 public:
  DirectoryReader(const FatTable& table, SectorCache& cache, DirectoryStart start);
  DirectoryReader(const DirectoryReader&) = delete;
  DirectoryReader& operator=(const DirectoryReader&) = delete;

  /// Goes to the next file or directory; false: there is none. May sleep.
  Result<bool> Next();
  void Rewind();

  // The entry that Next went to.
  const ShortEntry& entry() const { return entry_; }
  bool is_directory() const { return entry_.attributes & kAttributeDirectory; }
  /// The long name, or the short one if there is none; UTF-16.
  std::span<const u16> name() const;
  /// Does `wanted` (UTF-8) name the entry, by its long or its short name?
  bool IsNamed(std::string_view wanted) const;
  /// Tells entries of a volume apart, and never is 0.
  u64 id() const;

 private:
  static constexpr u32 kEntriesInSector = kSectorSize / sizeof(ShortEntry);
  static constexpr u32 kMaxSectors = 65536 / kEntriesInSector;

  /// Goes to the next sector of the directory; false: there is none.
  Result<bool> NextSector();
  Result<bool> FirstSector();

  const FatTable& table_;
  SectorCache& cache_;
  const DirectoryStart start_;
  u32 cluster_ = 0;           ///< The cluster at hand, unless the directory is the fixed root.
  u32 sector_ = 0;            ///< The sector at hand, counted from the directory's start.
  u32 slot_ = 0;              ///< The next entry of it.
  bool before_first_ = true;  ///< No sector is at hand yet.
  bool at_end_ = false;
  Lba lba_;
  ShortEntry entry_ = {};
  ShortName short_name_;
  LongName long_name_;
  std::span<const u16> shown_long_name_;
};

}  // namespace fl::fs::fat
