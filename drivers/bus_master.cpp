// The PCI IDE bus master.
// Source: "Programming Interface for Bus Master IDE Controller" 1.0, 2.0 and 3.0.
#include "drivers/bus_master.h"

#include "drivers/ata_registers.h"

namespace fl::drivers {
namespace {

constexpr u64 kBoundary = 0x10000;
constexpr u64 kAddressLimit = u64(1) << 32;

}  // namespace

void BusMaster::EndTable() {
  if (used_ != 0) table_[used_ - 1].flags = ata::kPrdEndOfTable;
}

void BusMaster::Prepare(DmaDirection direction) {
  KASSERT(used_ != 0);
  direction_ = direction == DmaDirection::kToMemory ? ata::kBusMasterToMemory : u8(0);
  ports_.Out8(u16(base_ + ata::kBusMasterCommand), direction_);
  ports_.Out32(u16(base_ + ata::kBusMasterTable), u32(memory_.PhysicalOf(table_).value));
  WriteStatus(ata::kBusMasterError | ata::kBusMasterInterrupt);
}

void BusMaster::Start() {
  ports_.Out8(u16(base_ + ata::kBusMasterCommand), direction_ | ata::kBusMasterStart);
}

bool BusMaster::Stop() {
  const u8 status = ReadStatus();
  ports_.Out8(u16(base_ + ata::kBusMasterCommand), 0);
  WriteStatus(ata::kBusMasterError | ata::kBusMasterInterrupt);
  return !(status & (ata::kBusMasterActive | ata::kBusMasterError));
}

bool BusMaster::InterruptPending() { return ReadStatus() & ata::kBusMasterInterrupt; }

void BusMaster::Acknowledge() { WriteStatus(ata::kBusMasterInterrupt); }

/// As many of the piece's sectors, at most `most`, as lie in its first page; or the one that crosses it.
/// Their number; 0: unreachable, or the table is full.
u32 BusMaster::AppendSectors(std::span<const std::byte> piece, u32 most) {
  const u64 address = memory_.PhysicalOf(piece.data()).value;
  const u32 before_page_end = kPageSize - u32(address & kPageMask);
  u32 count = u32(piece.size() < before_page_end ? piece.size() : before_page_end) / kSectorSize;
  if (count == 0) return AppendSector(piece.first<kSectorSize>()) ? 1 : 0;
  if (count > most) count = most;
  return AppendPiece(address, count * kSectorSize) ? count : 0;
}

/// Whole or not at all, so that a full table ends with a whole sector.
bool BusMaster::AppendSector(std::span<const std::byte, kSectorSize> sector) {
  const u64 first = memory_.PhysicalOf(sector.data()).value;
  const u32 before_page_end = kPageSize - u32(first & kPageMask);
  if (before_page_end >= kSectorSize) return AppendPiece(first, kSectorSize);

  const u32 used = used_;
  const Entry last = used != 0 ? table_[used - 1] : Entry{};
  const u64 second = memory_.PhysicalOf(sector.data() + before_page_end).value;
  if (AppendPiece(first, before_page_end) && AppendPiece(second, kSectorSize - before_page_end)) {
    return true;
  }
  used_ = used;
  if (used != 0) table_[used - 1] = last;
  return false;
}

/// Within one page. False: unreachable, or the table is full.
bool BusMaster::AppendPiece(u64 address, u32 bytes) {
  if (address % 2 != 0 || address + bytes > kAddressLimit) return false;
  if (used_ != 0) {
    Entry& last = table_[used_ - 1];
    const bool adjacent = u64(last.address) + last.bytes == address;
    const bool same_region = last.address / kBoundary == address / kBoundary;
    if (adjacent && same_region && last.bytes + bytes < kBoundary) {
      last.bytes = u16(last.bytes + bytes);
      return true;
    }
  }
  if (used_ == kEntries) return false;
  table_[used_++] = Entry{.address = u32(address), .bytes = u16(bytes), .flags = 0};
  return true;
}

u8 BusMaster::ReadStatus() { return ports_.In8(u16(base_ + ata::kBusMasterStatus)); }

void BusMaster::WriteStatus(u8 clear) {
  const u8 keep = ReadStatus() & ata::kBusMasterDrivesCapable;
  ports_.Out8(u16(base_ + ata::kBusMasterStatus), u8(keep | clear));
}

}  // namespace fl::drivers
