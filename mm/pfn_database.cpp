// PfnDatabase: lists threaded through the records by frame number. Frames are freed to the head (their
// lines may still be in the cache) and standby frames are taken from the head, the longest unused first.
#include "mm/pfn_database.h"

#include <cstring>

namespace fl::mm {

PfnDatabase::PfnDatabase(std::span<Frame> records, FrameWindow& window)
    : records_(records), window_(window) {
  for (Frame& record : records_) record = Frame{};
  counts_[u32(FrameUse::kNotRam)] = u32(records_.size());
}

void PfnDatabase::AddRam(Pfn first, u32 count, FrameUse use) {
  for (Pfn pfn = first; pfn < first + count; ++pfn) {
    KASSERT(frame(pfn).use == FrameUse::kNotRam);
    --counts_[u32(FrameUse::kNotRam)];
    if (use == FrameUse::kFree) {
      Push(pfn, use);
      commit_.RaiseLimit(1);
    } else {
      frame(pfn).use = use;
      ++counts_[u32(use)];
    }
  }
}

PfnDatabase::List* PfnDatabase::ListOf(FrameUse use) {
  switch (use) {
    case FrameUse::kFree:
      return &free_;
    case FrameUse::kZeroed:
      return &zeroed_;
    case FrameUse::kStandby:
      return &standby_;
    default:
      return nullptr;
  }
}

void PfnDatabase::Push(Pfn pfn, FrameUse use) {
  Frame& record = frame(pfn);
  List& list = *ListOf(use);
  KASSERT(record.share_count == 0);
  record.use = use;
  ++counts_[u32(use)];
  if (use == FrameUse::kStandby) {
    record.next = kNone;
    record.previous = list.tail;
    (list.tail == kNone ? list.head : records_[list.tail].next) = pfn.value;
    list.tail = pfn.value;
  } else {
    record.previous = kNone;
    record.next = list.head;
    (list.head == kNone ? list.tail : records_[list.head].previous) = pfn.value;
    list.head = pfn.value;
  }
}

void PfnDatabase::Remove(Pfn pfn) {
  Frame& record = frame(pfn);
  List& list = *ListOf(record.use);
  (record.previous == kNone ? list.head : records_[record.previous].next) = record.next;
  (record.next == kNone ? list.tail : records_[record.next].previous) = record.previous;
  --counts_[u32(record.use)];
}

[[gnu::always_inline]] inline Pfn PfnDatabase::Take(List& list, FrameUse use) {
  const Pfn pfn(list.head);
  Frame& record = frame(pfn);
  list.head = record.next;
  (list.head == kNone ? list.tail : records_[list.head].previous) = kNone;
  --counts_[u32(record.use)];
  if (record.use == FrameUse::kStandby) {
    record.owner->ReclaimFrame(record.index);
    record.owner = nullptr;
  }
  if (poison_) CheckUntouched(pfn);
  record.use = use;
  ++counts_[u32(use)];
  NoteAvailable();
  return pfn;
}

Result<Pfn> PfnDatabase::TakeAny(FrameUse use) {
  if (free_.head != kNone) return Take(free_, use);
  if (zeroed_.head != kNone) return Take(zeroed_, use);
  if (standby_.head != kNone) return Take(standby_, use);
  return Status::kNoMemory;
}

Result<Pfn> PfnDatabase::Allocate(FrameUse use) {
  if (fail_point_.Fails()) return Status::kNoMemory;
  return TakeAny(use);
}

Result<Pfn> PfnDatabase::AllocateZeroed(FrameUse use) {
  if (fail_point_.Fails()) return Status::kNoMemory;
  if (zeroed_.head != kNone) return Take(zeroed_, use);
  const Pfn pfn = TRY(TakeAny(use));
  __builtin_memset(Bytes(pfn).data(), 0, kPageSize);
  return pfn;
}

void PfnDatabase::Free(Pfn pfn) {
  Frame& record = frame(pfn);
  KASSERT(record.use >= FrameUse::kPrivate);
  --counts_[u32(record.use)];
  record.owner = nullptr;
  if (poison_) Poison(pfn);
  Push(pfn, FrameUse::kFree);
}

// ---- Poison ---------------------------------------------------------------------------------------------

void PfnDatabase::PoisonFreeFrames() {
  poison_ = true;
  for (u32 i = free_.head; i != kNone; i = records_[i].next) Poison(Pfn(i));
}

void PfnDatabase::Poison(Pfn pfn) { std::memset(Bytes(pfn).data(), kPoison, kPageSize); }

/// The frame is on its list yet, or was a moment ago: record.use says which.
void PfnDatabase::CheckUntouched(Pfn pfn) {
  const FrameUse use = frame(pfn).use;
  if (use != FrameUse::kFree && use != FrameUse::kZeroed) return;
  const std::byte expected{use == FrameUse::kFree ? kPoison : u8(0)};
  const std::byte* bytes = Bytes(pfn).data();
  // Every byte equals the one behind it.
  const bool untouched = bytes[0] == expected && std::memcmp(bytes, bytes + 1, kPageSize - 1) == 0;
  KASSERT(untouched);  // Otherwise: somebody wrote to a frame that was free.
}

// ---- Standby --------------------------------------------------------------------------------------------

void PfnDatabase::MoveToStandby(Pfn pfn) {
  KASSERT(frame(pfn).use == FrameUse::kSection && frame(pfn).owner);
  --counts_[u32(FrameUse::kSection)];
  Push(pfn, FrameUse::kStandby);
}

void PfnDatabase::TakeFromStandby(Pfn pfn) {
  KASSERT(frame(pfn).use == FrameUse::kStandby);
  Remove(pfn);
  frame(pfn).use = FrameUse::kSection;
  ++counts_[u32(FrameUse::kSection)];
  NoteAvailable();
}

bool PfnDatabase::ZeroOneFreeFrame() {
  if (free_.head == kNone) return false;
  const Pfn pfn(free_.head);
  Remove(pfn);
  if (poison_) CheckUntouched(pfn);
  std::memset(Bytes(pfn).data(), 0, kPageSize);
  Push(pfn, FrameUse::kZeroed);
  return true;
}

Result<Pfn> PfnDatabase::AllocateCharged(FrameUse use) {
  if (IsFailure(commit_.Charge(1))) return Status::kNoMemory;
  Result<Pfn> pfn = Allocate(use);
  if (!pfn) commit_.Uncharge(1);
  return pfn;
}

}  // namespace fl::mm
