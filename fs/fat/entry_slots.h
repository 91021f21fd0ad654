// EntrySlots: where on the disk a directory entry lies with the parts of its long name before it.
// Invariant: in the directory's order, at most 21 slots (20 parts and the entry), which lie in at most
//   three sectors.
#pragma once

#include <span>

#include "kernel/base/assert.h"
#include "kernel/base/units.h"

namespace fl::fs::fat {

inline constexpr u32 kEntryBytes = 32;
inline constexpr u32 kEntriesInSector = kSectorSize / kEntryBytes;
inline constexpr u32 kMaxSetEntries = 21;

/// One 32-byte slot of the disk. Never 0 for an entry: the boot sector is no directory.
struct EntryPlace {
  u64 number = 0;
  static EntryPlace At(Lba sector, u32 slot) { return {sector.value * kEntriesInSector + slot}; }
  Lba sector() const { return Lba(number / kEntriesInSector); }
  u32 offset() const { return u32(number % kEntriesInSector) * kEntryBytes; }
  explicit operator bool() const { return number != 0; }
  bool operator==(const EntryPlace&) const = default;
};

/// Slots of one sector that follow one another.
struct SlotRun {
  Lba sector;
  u32 first = 0;
  u32 count = 0;
  u32 end() const { return first + count; }
  u32 mask() const { return ((1u << count) - 1) << first; }
};

class EntrySlots {
 public:
  void Clear() { size_ = 0; }
  void Add(Lba sector, u32 slot, u32 count = 1) {
    if (size_ != 0 && runs_[size_ - 1].sector == sector && runs_[size_ - 1].end() == slot) {
      runs_[size_ - 1].count += count;
      return;
    }
    KASSERT(size_ < kMaxRuns);
    runs_[size_++] = {sector, slot, count};
  }
  std::span<const SlotRun> runs() const { return {runs_, size_}; }
  bool empty() const { return size_ == 0; }
  /// The entry itself: the last slot.
  EntryPlace place() const {
    const SlotRun& last = runs_[size_ - 1];
    return EntryPlace::At(last.sector, last.end() - 1);
  }
  /// Those in `sector`, as bits.
  u32 MaskIn(Lba sector) const {
    u32 mask = 0;
    for (const SlotRun& run : runs()) {
      if (run.sector == sector) mask |= run.mask();
    }
    return mask;
  }

 private:
  static constexpr u32 kMaxRuns = 3;
  SlotRun runs_[kMaxRuns];
  u32 size_ = 0;
};

}  // namespace fl::fs::fat
