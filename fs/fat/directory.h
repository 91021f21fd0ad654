// Directories of a FAT volume: 32-byte entries in sectors, long names in entries of their own
// before.
// Source: Microsoft, "FAT: General Overview of On-Disk Format" 1.03, "FAT Directory Structure" and
//   "FAT Long Directory Entries".
// Invariants: a walk ends: at the end mark, where the directory ends, or with kDiskCorrupt after
//   the 65536 entries that FAT allows, so that a chain in a circle ends too. A long name is shown
//   only if all of it is right (order, checksum, padding, UTF-16); otherwise the short name is.
// Threads: a reader belongs to one thread; what it shares with others is in the sector cache.
#pragma once

#include "fs/fat/directory_sectors.h"
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
static_assert(sizeof(ShortEntry) == kEntryBytes);

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
inline constexpr u8 kEndMark = 0x00;  ///< In place of a name's first byte: nothing from here on.
inline constexpr u8 kDeleted = 0xE5;

// Long names: how many units lie in one part, and what its first byte says.
inline constexpr u32 kUnitsInPart = 13;
inline constexpr u32 kMaxNameUnits = 255;
inline constexpr u8 kLastPart = 0x40;
inline constexpr u8 kPartNumber = 0x3F;

DirectoryStart RootOf(const VolumeLayout& layout);

/// The entry's first cluster, unchecked; 0 for an empty file.
u32 FirstClusterOf(const ShortEntry& entry, FatWidth width);
void SetFirstCluster(ShortEntry& entry, u32 cluster);
/// Where the directory of `entry` begins. On disk, cluster 0 of ".." means the root.
DirectoryStart StartOf(const ShortEntry& entry, const VolumeLayout& layout);

/// The name of an entry put together from its parts as they are met.
class LongName {
 public:
  Status Add(const LongNameEntry& part);
  void Clear() { expected_ = kNothing; }
  /// Have there been parts, all of them right so far?
  bool begun() const { return expected_ != kNothing; }
  /// The name, if its parts are complete and belong to `entry`; empty otherwise.
  std::span<const u16> NameOf(const ShortEntry& entry) const;

 private:
  static constexpr u32 kMaxParts = kMaxSetEntries - 1;
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
  /// Where it lies, with the parts of the long name if that is shown.
  const EntrySlots& slots() const { return slots_; }
  EntryPlace place() const { return slots_.place(); }

 private:
  SectorCache& cache_;
  DirectorySectors sectors_;
  u32 slot_ = 0;              ///< The next entry of the sector at hand.
  bool before_first_ = true;  ///< No sector is at hand yet.
  bool at_end_ = false;
  ShortEntry entry_ = {};
  EntrySlots slots_;
  ShortName short_name_;
  LongName long_name_;
  std::span<const u16> shown_long_name_;
};

/// Takes `reader` to the entry called `name`; false: there is none. May sleep.
Result<bool> FindEntry(DirectoryReader& reader, std::string_view name);

}  // namespace fl::fs::fat
