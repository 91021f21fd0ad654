// DirectoryWriter: see directory_writer.h.
#include "fs/fat/directory_writer.h"

namespace fl::fs::fat {
namespace {

constexpr u32 kAllSlots = (1u << kEntriesInSector) - 1;

std::span<const std::byte> BytesOf(const u8& byte) { return std::as_bytes(std::span(&byte, 1)); }

/// The first of `count` free slots that follow one another; kEntriesInSector: there are none.
u32 FirstFit(u32 mask, u32 count) {
  const u32 wanted = (1u << count) - 1;
  for (u32 slot = 0; slot + count <= kEntriesInSector; ++slot) {
    if ((mask >> slot & wanted) == wanted) return slot;
  }
  return kEntriesInSector;
}

}  // namespace

/// A sector's free slots as bits; `end` becomes the slot of its end mark, if it has one.
[[gnu::noinline]] Result<u32> DirectoryWriter::FreeMask(Lba sector, std::optional<u32>& end) const {
  u8 bytes[kSectorSize];
  TRY_STATUS(cache_.Copy(sector, 0, std::as_writable_bytes(std::span(bytes))));
  u32 mask = 0;
  for (u32 slot = 0; slot < kEntriesInSector; ++slot) {
    const u8 first = bytes[slot * kEntryBytes];
    if (first == kEndMark) {
      end = slot;
      return mask | (kAllSlots & ~((1u << slot) - 1));
    }
    if (first == kDeleted) mask |= 1u << slot;
  }
  return mask;
}

Result<bool> DirectoryWriter::Scan(DirectorySectors& sectors, u32 count, const EntrySlots& leaving,
                                   EntryRoom& room) {
  std::optional<u32> end;
  Lba end_sector;
  // Of a name that takes more than one sector, the first sixteen slots.
  const u32 in_first = count < kEntriesInSector ? count : kEntriesInSector;
  const u32 in_second = count - in_first;
  Lba previous_sector;
  bool previous_past_end = false;
  bool found = false;
  for (bool more = TRY(sectors.First()); more; more = TRY(sectors.Next())) {
    const Lba sector = sectors.sector();
    if (found && room.past_end && room.slots.runs().back().end() == kEntriesInSector &&
        room.slots.runs().back().sector == previous_sector) {
      room.next_sector = sector;
    }
    if (found && leaving.empty()) return true;
    u32 mask = kAllSlots;
    if (!end) {
      mask = TRY(FreeMask(sector, end));
      if (end) end_sector = sector;
    }
    const u32 leaving_here = leaving.MaskIn(sector);
    mask |= leaving_here;
    const bool all_past_end = end && (sector != end_sector || *end == 0);
    const bool two = in_second != 0;
    const u32 slot = two ? 0 : FirstFit(mask, in_first);
    if (two ? previous_past_end : slot != kEntriesInSector && (!found || leaving_here != 0)) {
      found = true;
      room = {};
      if (two) room.slots.Add(previous_sector, 0, in_first);
      room.slots.Add(sector, slot, two ? in_second : in_first);
      const SlotRun& last = room.slots.runs().back();
      room.past_end = end && (sector != end_sector || last.end() > *end);
      if (room.past_end && room.slots.MaskIn(end_sector) == 0) {
        room.gap = {end_sector, *end, kEntriesInSector - *end};
      }
      if (two || (leaving_here != 0 && !(room.past_end && last.end() == kEntriesInSector))) {
        return true;
      }
    }
    previous_sector = sector;
    previous_past_end = all_past_end;
  }
  return found;
}

Status DirectoryWriter::Grow(u32 last_cluster) {
  Vector<ClusterRun> runs;
  TRY_STATUS(allocator_.Find(last_cluster + 1, 1, runs));
  TRY_STATUS(InitializeCluster(runs[0].cluster, {}));
  TRY_STATUS(allocator_.Take(runs.span()));
  Status status = table_.SetNext(last_cluster, runs[0].cluster);
  if (IsSuccess(status)) status = cache_.Flush();
  if (IsSuccess(status)) return status;
  cache_.Abandon();
  if (IsSuccess(table_.SetLast(last_cluster)) && IsSuccess(cache_.Flush())) {
    allocator_.GiveBack(runs.span());
  }
  return status;
}

Result<EntryRoom> DirectoryWriter::FindRoom(DirectoryStart start, u32 count,
                                            const EntrySlots& leaving) {
  KASSERT(count != 0 && count <= kMaxSetEntries);
  while (true) {
    EntryRoom room;
    DirectorySectors sectors(table_, start);
    if (TRY(Scan(sectors, count, leaving, room))) return room;
    const u32 grown = sectors.index() + 1 + table_.layout().ClusterSectors();
    if (start.cluster == DirectoryStart::kFixedRoot || grown > DirectorySectors::kMaxSectors) {
      return Status::kCannotMake;
    }
    TRY_STATUS(Grow(sectors.cluster()));
  }
}

Status DirectoryWriter::MakeEndMark(Lba sector) {
  u8 first;
  TRY_STATUS(cache_.Copy(sector, 0, std::as_writable_bytes(std::span(&first, 1))));
  if (first == kEndMark) return Status::kSuccess;
  return cache_.Change(sector, 0, BytesOf(kEndMark));
}

Status DirectoryWriter::MoveEndMark(const EntryRoom& room) {
  const std::span<const SlotRun> runs = room.slots.runs();
  if (room.next_sector != Lba(0)) TRY_STATUS(MakeEndMark(room.next_sector));
  if (room.gap.count == 0) return Status::kSuccess;
  TRY_STATUS(MakeEndMark(runs.front().sector));
  for (u32 slot = room.gap.first; slot < room.gap.end(); ++slot) {
    TRY_STATUS(cache_.Change(room.gap.sector, slot * kEntryBytes, BytesOf(kDeleted)));
  }
  return Status::kSuccess;
}

Status DirectoryWriter::WriteRun(const SlotRun& run, std::span<const ShortEntry> entries,
                                 bool end_follows) {
  if (!entries.empty()) {
    TRY_STATUS(cache_.Change(run.sector, run.first * kEntryBytes, std::as_bytes(entries)));
  }
  constexpr ShortEntry kZero = {};
  for (u32 slot = run.end(); end_follows && slot < kEntriesInSector; ++slot) {
    TRY_STATUS(cache_.Change(run.sector, slot * kEntryBytes, std::as_bytes(std::span(&kZero, 1))));
  }
  return Status::kSuccess;
}

Status DirectoryWriter::Write(const EntryRoom& room, std::span<const ShortEntry> entries) {
  TRY_STATUS(MoveEndMark(room));
  const std::span<const SlotRun> runs = room.slots.runs();
  const std::span<const ShortEntry> in_first = entries.first(runs[0].count);
  if (runs.size() == 1) {
    TRY_STATUS(WriteRun(runs[0], in_first, room.past_end));
    return cache_.Flush();
  }
  // The second sector is hidden by the end mark in the first one.
  const std::span<const ShortEntry> in_second = entries.subspan(in_first.size());
  TRY_STATUS(WriteRun(runs[1], in_second, true));
  Status status = WriteRun(runs[0], in_first, false);
  if (IsSuccess(status)) status = cache_.Flush();
  if (IsFailure(status)) {
    cache_.Abandon();
    (void)WriteRun({runs[1].sector, 0, 0}, {}, true);
    (void)cache_.Flush();
  }
  return status;
}

Result<TakenEntries> DirectoryWriter::Look(const EntrySlots& slots) const {
  TakenEntries taken;
  taken.slots = slots;
  u8* first_byte = taken.first_bytes;
  for (const SlotRun& run : slots.runs()) {
    for (u32 slot = run.first; slot < run.end(); ++slot) {
      TRY_STATUS(cache_.Copy(run.sector, slot * kEntryBytes,
                             std::as_writable_bytes(std::span(first_byte++, 1))));
    }
  }
  return taken;
}

Status DirectoryWriter::Take(const EntrySlots& slots) {
  const std::span<const SlotRun> runs = slots.runs();
  for (std::size_t i = runs.size(); i-- > 0;) {
    for (u32 slot = runs[i].first; slot < runs[i].end(); ++slot) {
      TRY_STATUS(cache_.Change(runs[i].sector, slot * kEntryBytes, BytesOf(kDeleted)));
    }
  }
  return Status::kSuccess;
}

Status DirectoryWriter::Restore(const TakenEntries& taken) {
  const u8* first_byte = taken.first_bytes;
  for (const SlotRun& run : taken.slots.runs()) {
    for (u32 slot = run.first; slot < run.end(); ++slot) {
      TRY_STATUS(cache_.Change(run.sector, slot * kEntryBytes, BytesOf(*first_byte++)));
    }
  }
  return cache_.Flush();
}

Status DirectoryWriter::Store(EntryPlace place, const ShortEntry& entry) {
  TRY_STATUS(cache_.Change(place.sector(), place.offset(), std::as_bytes(std::span(&entry, 1))));
  return cache_.Flush();
}

[[gnu::noinline]] Status DirectoryWriter::InitializeCluster(u32 cluster,
                                                            std::span<const ShortEntry> first) {
  const VolumeLayout& layout = table_.layout();
  alignas(16) std::byte sector[kSectorSize] = {};
  cache_.Forget(layout.FirstSector(cluster), layout.ClusterSectors());
  // From the back: the sector with entries last, while all behind it is zero.
  for (u32 i = layout.ClusterSectors(); i-- > 0;) {
    if (i == 0 && !first.empty()) __builtin_memcpy(sector, first.data(), first.size_bytes());
    const std::span<const std::byte> one[] = {sector};
    TRY_STATUS(device_.Write(layout.FirstSector(cluster) + i, one));
  }
  return Status::kSuccess;
}

}  // namespace fl::fs::fat
