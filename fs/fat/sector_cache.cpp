// SectorCache: see sector_cache.h.
#include "fs/fat/sector_cache.h"

namespace fl::fs::fat {

Status SectorCache::Allocate() {
  TRY_STATUS(bytes_.Resize((kSlots + 1) * kSectorSize));
  const u32 misalignment = u32(reinterpret_cast<std::uintptr_t>(bytes_.data()) % kSectorSize);
  first_byte_ = (kSectorSize - misalignment) % kSectorSize;
  return Status::kSuccess;
}

u32 SectorCache::FindVictim() const {
  u32 victim = kNone;
  for (u32 i = 0; i < kSlots; ++i) {
    const Slot& slot = slots_[i];
    if (slot.state == State::kEmpty) return i;
    if (slot.state == State::kReading || i == open_) continue;
    // Ages, not times, are compared: the clock may wrap.
    if (victim == kNone || clock_ - slot.last_use > clock_ - slots_[victim].last_use) victim = i;
  }
  return victim;
}

Status SectorCache::ReadSector(Lba sector, std::span<std::byte> out) {
  const std::span<std::byte> one[] = {out};
  ++sectors_read_;
  return device_.Read(sector, one);
}

[[gnu::noinline]] Status SectorCache::CopyUncached(Lba sector, u32 offset,
                                                   std::span<std::byte> out) {
  alignas(16) std::byte bytes[kSectorSize];
  TRY_STATUS(ReadSector(sector, bytes));
  __builtin_memcpy(out.data(), bytes + offset, out.size());
  return Status::kSuccess;
}

Result<u32> SectorCache::Load(Lba sector) {
  u32 found = latest_;
  if (!Holds(found, sector)) {
    found = 0;
    while (found < kSlots && !Holds(found, sector)) ++found;
  }
  if (found == kSlots) {
    found = FindVictim();
    if (found == kNone) return kNone;
    Slot& slot = slots_[found];
    slot.state = State::kReading;
    slot.sector = sector;
    const Status status = ReadSector(sector, Bytes(found));
    slot.state = IsSuccess(status) ? State::kValid : State::kEmpty;
    TRY_STATUS(status);
  }
  slots_[found].last_use = ++clock_;
  latest_ = found;
  return found;
}

Status SectorCache::Copy(Lba sector, u32 offset, std::span<std::byte> out) {
  KASSERT(offset <= kSectorSize && out.size() <= kSectorSize - offset);
  const u32 slot = TRY(Load(sector));
  if (slot == kNone) return CopyUncached(sector, offset, out);
  __builtin_memcpy(out.data(), Bytes(slot).data() + offset, out.size());
  return Status::kSuccess;
}

Status SectorCache::Change(Lba sector, u32 offset, std::span<const std::byte> bytes) {
  KASSERT(offset <= kSectorSize && bytes.size() <= kSectorSize - offset);
  if (open_ != kNone && slots_[open_].sector != sector) TRY_STATUS(Flush());
  const u32 slot = TRY(Load(sector));
  KASSERT(slot != kNone);  // No reader is in here.
  // Readers that met at this sector left it in several slots.
  for (u32 i = 0; i < kSlots; ++i) {
    if (i != slot && Holds(i, sector)) slots_[i].state = State::kEmpty;
  }
  __builtin_memcpy(Bytes(slot).data() + offset, bytes.data(), bytes.size());
  open_ = slot;
  return Status::kSuccess;
}

[[gnu::noinline]] Status SectorCache::WriteSector(Lba sector, std::span<const std::byte> bytes) {
  const std::span<const std::byte> one[] = {bytes};
  ++sectors_written_;
  const Status status = device_.Write(sector, one);
  if (IsSuccess(status)) return status;
  alignas(16) std::byte found[kSectorSize];
  if (IsFailure(ReadSector(sector, found))) return status;
  return __builtin_memcmp(found, bytes.data(), kSectorSize) == 0 ? Status::kSuccess : status;
}

Status SectorCache::Flush() {
  if (open_ == kNone) return Status::kSuccess;
  const Lba sector = slots_[open_].sector;
  // The sector that is read from comes first: what the others say is only looked at by who repairs.
  Status status = WriteSector(sector, Bytes(open_));
  if (copies_.first <= sector && sector < copies_.first + u64(copies_.sectors) * copies_.count) {
    const u64 within = (sector - copies_.first) % copies_.sectors;
    for (u32 i = 0; i < copies_.count && IsSuccess(status); ++i) {
      const Lba copy = copies_.first + (u64(i) * copies_.sectors + within);
      if (copy != sector) status = WriteSector(copy, Bytes(open_));
    }
  }
  if (IsFailure(status)) slots_[open_].state = State::kEmpty;
  open_ = kNone;
  return status;
}

void SectorCache::Abandon() {
  if (open_ == kNone) return;
  slots_[open_].state = State::kEmpty;
  open_ = kNone;
}

void SectorCache::Drop() {
  for (u32 i = 0; i < kSlots; ++i) {
    if (slots_[i].state == State::kValid && i != open_) slots_[i].state = State::kEmpty;
  }
}

void SectorCache::Forget(Lba first, u32 sectors) {
  for (u32 i = 0; i < kSlots; ++i) {
    const Lba sector = slots_[i].sector;
    if (slots_[i].state != State::kValid || sector < first || sector - first >= sectors) continue;
    KASSERT(i != open_);
    slots_[i].state = State::kEmpty;
  }
}

}  // namespace fl::fs::fat
