// SectorCache: the last few sectors of the FAT and of directories, and the way in which they change.
// Invariants: a slot in state kValid holds the bytes of its sector, those that are to be written if it
//   is the open one. Changes reach the disk in the order in which they were made: there is at most
//   one open sector, and it is written before another one is opened. So changes to one sector that
//   follow each other are one write, and of any two sectors the disk sees the first one first.
// Failed writes: the sector is read back. If it holds what was to be written, that is success; if not,
//   the slot is forgotten, and the disk still has the old sector (unless it cannot be read either).
// Threads: BlockDevice::Read may sleep and let other threads in here. A slot under kReading belongs
//   to the thread that reads into it: nobody looks at it or takes it. A second thread that wants
//   the same sector meanwhile reads it once more, into a slot of its own; if every slot is being
//   read into, it reads past the cache. So no reader waits for another. Who changes something is
//   alone in here (the volume's lock).
#pragma once

#include "fs/block_device.h"
#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::fs::fat {

/// Sectors of which several copies are kept: `count` areas of `sectors` sectors, one after the other.
struct SectorCopies {
  Lba first;
  u32 sectors = 0;
  u32 count = 0;
};

class SectorCache {
 public:
  SectorCache(BlockDevice& device, SectorCopies copies) : device_(device), copies_(copies) {}
  SectorCache(const SectorCache&) = delete;
  SectorCache& operator=(const SectorCache&) = delete;

  /// Once, before the first Copy.
  Status Allocate();
  /// Copies bytes of one sector: `offset` + out.size() is at most kSectorSize. May sleep.
  Status Copy(Lba sector, u32 offset, std::span<std::byte> out);
  /// Puts bytes into one sector and leaves it open. A failure is that of the sector that was open
  /// before, or of reading this one. May sleep.
  Status Change(Lba sector, u32 offset, std::span<const std::byte> bytes);
  /// Writes the open sector, to all its copies. May sleep.
  Status Flush();
  /// What the open sector's changes were is forgotten.
  void Abandon();
  /// Forgets every sector but those that are being read or written.
  void Drop();
  /// Somebody else has written these.
  void Forget(Lba first, u32 sectors);

  u64 sectors_read() const { return sectors_read_; }
  u64 sectors_written() const { return sectors_written_; }
  void CountSector() { ++sectors_read_; }

 private:
  static constexpr u32 kSlots = 32;
  static constexpr u32 kNone = kSlots;
  enum class State : u8 { kEmpty, kReading, kValid };
  struct Slot {
    Lba sector;
    u32 last_use = 0;
    State state = State::kEmpty;
  };

  std::span<std::byte> Bytes(u32 slot) {
    return {bytes_.data() + first_byte_ + slot * kSectorSize, kSectorSize};
  }
  bool Holds(u32 slot, Lba sector) const {
    return slots_[slot].state == State::kValid && slots_[slot].sector == sector;
  }
  /// The slot that holds `sector` now, used just now; kNone if all are being read into.
  Result<u32> Load(Lba sector);
  /// A slot to read into, or kNone.
  u32 FindVictim() const;
  Status ReadSector(Lba sector, std::span<std::byte> out);
  Status WriteSector(Lba sector, std::span<const std::byte> bytes);
  Status CopyUncached(Lba sector, u32 offset, std::span<std::byte> out);

  BlockDevice& device_;
  const SectorCopies copies_;
  Slot slots_[kSlots];
  Vector<std::byte> bytes_;
  u32 first_byte_ = 0;  ///< Sectors are aligned: no transfer crosses a page.
  u32 clock_ = 0;
  /// The slot that was used last; directories and chains ask for it again and again.
  u32 latest_ = 0;
  u32 open_ = kNone;
  u64 sectors_read_ = 0;
  u64 sectors_written_ = 0;
};

}  // namespace fl::fs::fat
