// BusMaster: one channel's half of a PCI IDE bus master: moves sectors to and from memory by itself.
// Invariants: no table entry crosses 64 KiB of physical memory, is empty, or is as long as 64 KiB
// (whose encoding, 0, some controllers misread). The table is aligned to its size, so it crosses
// nothing either.
// Source: "Programming Interface for Bus Master IDE Controller" 1.0.
#pragma once

#include "drivers/disk_events.h"
#include "drivers/port_io.h"
#include "drivers/scatter_cursor.h"

namespace fl::drivers {

/// As the bus master sees it.
enum class DmaDirection : u8 { kToMemory, kFromMemory };

class BusMaster {
 public:
  /// `base`: the first of the channel's eight ports. The object lives in memory that `memory` can
  /// translate.
  BusMaster(PortIo& ports, DmaMemory& memory, u16 base)
      : ports_(ports), memory_(memory), base_(base) {}
  BusMaster(const BusMaster&) = delete;
  BusMaster& operator=(const BusMaster&) = delete;

  /// Fills the table for as many of the next sectors, at most `max_sectors`, as it can describe. 0:
  /// the first sector's memory cannot be reached (odd address, above 4 GiB).
  template <class Byte>
  u32 Describe(SectorCursor<Byte> cursor, u32 max_sectors) {
    used_ = 0;
    u32 sectors = 0;
    while (sectors < max_sectors && !cursor.AtEnd()) {
      const u32 count = AppendSectors(cursor.Piece(), max_sectors - sectors);
      if (count == 0) break;
      cursor.Advance(count);
      sectors += count;
    }
    EndTable();
    return sectors;
  }
  /// Makes ready for a transfer by the table; then the drive gets its command, then Start.
  void Prepare(DmaDirection direction);
  void Start();
  /// Stops and says whether all that the table describes was moved without an error.
  bool Stop();
  /// Did the drive raise its interrupt since the last Acknowledge?
  bool InterruptPending();
  void Acknowledge();

 private:
  struct Entry {
    u32 address = 0;
    u16 bytes = 0;
    u16 flags = 0;
  };
  static_assert(sizeof(Entry) == 8);
  static constexpr u32 kEntries = 64;
  static constexpr u32 kTableBytes = kEntries * sizeof(Entry);

  u32 AppendSectors(std::span<const std::byte> piece, u32 most);
  bool AppendSector(std::span<const std::byte, kSectorSize> sector);
  void EndTable();
  bool AppendPiece(u64 address, u32 bytes);
  u8 ReadStatus();
  void WriteStatus(u8 clear);

  PortIo& ports_;
  DmaMemory& memory_;
  u16 base_;
  u8 direction_ = 0;  ///< Of the command register.
  u32 used_ = 0;
  alignas(kTableBytes) Entry table_[kEntries];
};

}  // namespace fl::drivers
