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
  u32 victim = kSlots;
  for (u32 i = 0; i < kSlots; ++i) {
    const Slot& slot = slots_[i];
    if (slot.state == State::kEmpty) return i;
    if (slot.state == State::kReading) continue;
    // Ages, not times, are compared: the clock may wrap.
    if (victim == kSlots || clock_ - slot.last_use > clock_ - slots_[victim].last_use) victim = i;
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

Status SectorCache::Copy(Lba sector, u32 offset, std::span<std::byte> out) {
  KASSERT(offset <= kSectorSize && out.size() <= kSectorSize - offset);
  const auto holds = [&](u32 i) {
    return slots_[i].state == State::kValid && slots_[i].sector == sector;
  };
  u32 found = latest_;
  if (!holds(found)) {
    found = 0;
    while (found < kSlots && !holds(found)) ++found;
  }
  if (found == kSlots) {
    found = FindVictim();
    if (found == kSlots) return CopyUncached(sector, offset, out);
    Slot& slot = slots_[found];
    slot.state = State::kReading;
    slot.sector = sector;
    const Status status = ReadSector(sector, Bytes(found));
    slot.state = IsSuccess(status) ? State::kValid : State::kEmpty;
    TRY_STATUS(status);
  }
  slots_[found].last_use = ++clock_;
  latest_ = found;
  __builtin_memcpy(out.data(), Bytes(found).data() + offset, out.size());
  return Status::kSuccess;
}

void SectorCache::Drop() {
  for (Slot& slot : slots_) {
    if (slot.state == State::kValid) slot.state = State::kEmpty;
  }
}

}  // namespace fl::fs::fat
