// SectorCache: the last few sectors read of the FAT and of directories.
// Invariants: a slot in state kValid holds the bytes of its sector; the volume is never written, so
//   two slots may hold the same one.
// Threads: BlockDevice::Read may sleep and let other threads in here. A slot under kReading belongs
//   to the thread that reads into it: nobody looks at it or takes it. A second thread that wants
//   the same sector meanwhile reads it once more, into a slot of its own; if every slot is being
//   read into, it reads past the cache. So nobody waits, and no lock is held over a read.
#pragma once

#include "fs/block_device.h"
#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::fs::fat {

class SectorCache {
 public:
  explicit SectorCache(BlockDevice& device) : device_(device) {}
  SectorCache(const SectorCache&) = delete;
  SectorCache& operator=(const SectorCache&) = delete;

  /// Once, before the first Copy.
  Status Allocate();
  /// Copies bytes of one sector: `offset` + out.size() is at most kSectorSize. May sleep.
  Status Copy(Lba sector, u32 offset, std::span<std::byte> out);
  /// Forgets every sector but those that are being read.
  void Drop();

  u64 sectors_read() const { return sectors_read_; }
  void CountSector() { ++sectors_read_; }

 private:
  static constexpr u32 kSlots = 32;
  enum class State : u8 { kEmpty, kReading, kValid };
  struct Slot {
    Lba sector;
    u32 last_use = 0;
    State state = State::kEmpty;
  };

  std::span<std::byte> Bytes(u32 slot) {
    return {bytes_.data() + first_byte_ + slot * kSectorSize, kSectorSize};
  }
  /// A slot to read into, or kSlots if there is none.
  u32 FindVictim() const;
  Status ReadSector(Lba sector, std::span<std::byte> out);
  Status CopyUncached(Lba sector, u32 offset, std::span<std::byte> out);

  BlockDevice& device_;
  Slot slots_[kSlots];
  Vector<std::byte> bytes_;
  u32 first_byte_ = 0;  ///< Sectors are aligned: no transfer crosses a page.
  u32 clock_ = 0;
  u32 latest_ =
      0;  ///< The slot that was used last; directories and chains ask for it again and again.
  u64 sectors_read_ = 0;
};

}  // namespace fl::fs::fat
