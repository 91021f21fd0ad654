// Section: the life of a prototype: absent, reading, standing by, resident.
#include "mm/section.h"

#include <cstring>

namespace fl::mm {
namespace {

void RaiseTo(u32& peak, u32 value) {
  if (value > peak) peak = value;
}

}  // namespace

Section::Section(Pager& pager, SectionKind kind, RefPtr<fs::File> file)
    : pager_(pager), kind_(kind), file_(std::move(file)) {}

Status Section::Create(u64 size_in_bytes) {
  size_ = size_in_bytes;
  return prototypes_.Create(PagesFor(size_in_bytes));
}

Status Section::Promise(u32 pages) {
  TRY_STATUS(pager_.frames.commit().Charge(pages));
  promised_pages_ += pages;
  return Status::kSuccess;
}

Section::~Section() {
  KASSERT(counters_.views == 0);
  for (PageIndex i = prototypes_.SkipAbsent(PageIndex(0)); i.value < pages();
       i = prototypes_.SkipAbsent(i + 1)) {
    const Prototype entry = prototypes_.Get(i);
    KASSERT(entry.state != PrototypeState::kReading);
    if (entry.state == PrototypeState::kStandby) pager_.frames.TakeFromStandby(entry.pfn);
    if (entry.state != PrototypeState::kAbsent) pager_.frames.Free(entry.pfn);
  }
  pager_.frames.commit().Uncharge(promised_pages_);
}

Result<Section::Acquired> Section::AcquirePrototype(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  switch (entry.state) {
    case PrototypeState::kResident:
    case PrototypeState::kStandby:
      return Acquired{entry.pfn, false};
    case PrototypeState::kReading:
      // Whoever builds it has the outcome; if that fails, the look that follows starts a read of its own.
      pager_.waiter.Sleep(this);
      return Acquired{Pfn(), true};
    case PrototypeState::kAbsent:
      break;
  }
  TRY_STATUS(PageIn(index));
  return Acquired{prototypes_.Get(index).pfn,
                  SourceOf(index).file_bytes != 0 || NeedsFinish(index)};
}

/// How many pages, from `index` on, one transfer may bring in: absent ones whose bytes follow each other
/// in the file.
u32 Section::ClusterAt(PageIndex index, std::span<PageSource> sources) const {
  sources[0] = SourceOf(index);
  u32 count = 1;
  if (sources[0].file_bytes == 0) return count;
  const u32 limit =
      pager_.cluster_pages < sources.size() ? pager_.cluster_pages : u32(sources.size());
  while (count < limit && index.value + count < pages()) {
    const PageIndex next = index + count;
    if (sources[count - 1].file_bytes != kPageSize) break;
    if (prototypes_.Get(next).state != PrototypeState::kAbsent || IsPromised(next)) break;
    sources[count] = SourceOf(next);
    if (sources[count].file_bytes == 0) break;
    if (sources[count].file_offset != sources[count - 1].file_offset + kPageSize) break;
    ++count;
  }
  return count;
}

Status Section::ReadCluster(std::span<const PageSource> sources, std::span<const Pfn> frames) {
  std::span<std::byte> buffers[kMaxClusterPages];
  u32 bytes = 0;
  for (u32 i = 0; i < sources.size(); ++i) {
    buffers[i] = pager_.frames.Bytes(frames[i]).first(sources[i].file_bytes);
    bytes += sources[i].file_bytes;
  }
  if (bytes != 0) {
    TRY_STATUS(file_->ReadAt(sources[0].file_offset, fs::ScatterList(buffers, sources.size())));
    counters_.bytes_read += bytes;
    counters_.pages_read += u32(sources.size());
  } else {
    ++counters_.pages_zeroed;
  }
  for (u32 i = 0; i < sources.size(); ++i) {
    std::byte* page = pager_.frames.Bytes(frames[i]).data();
    std::memset(page + sources[i].file_bytes, 0, kPageSize - sources[i].file_bytes);
  }
  return Status::kSuccess;
}

Status Section::PageIn(PageIndex index) {
  PageSource sources[kMaxClusterPages];
  Pfn frames[kMaxClusterPages];
  u32 count = ClusterAt(index, sources);
  TRY_STATUS(prototypes_.Prepare(index));
  for (u32 i = 0; i < count; ++i) {
    Result<Pfn> pfn = Status::kNoMemory;
    if (IsFailure(prototypes_.Prepare(index + i))) {
    } else if (IsPromised(index + i)) {
      pfn = pager_.frames.Allocate(FrameUse::kSection);
    } else {
      pfn = pager_.frames.AllocateCharged(FrameUse::kSection);
    }
    if (!pfn) {
      // The page that was asked for must come; its neighbours come if there is room.
      if (i == 0) return pfn.error();
      count = i;
      break;
    }
    frames[i] = *pfn;
    prototypes_.Set(index + i, {PrototypeState::kReading, *pfn});
  }

  Status status = ReadCluster({sources, count}, {frames, count});
  if (IsFailure(status) && count > 1) {
    // A neighbour that cannot be read is nobody's loss yet: only the page that was asked for counts.
    for (u32 i = 1; i < count; ++i) Abandon(index + i, frames[i]);
    count = 1;
    status = ReadCluster({sources, count}, {frames, count});
  }
  for (u32 i = 0; i < count; ++i) {
    Status finished = status;
    if (IsSuccess(finished)) finished = FinishPage(index + i, pager_.frames.Bytes(frames[i]));
    if (IsSuccess(finished)) {
      Settle(index + i, frames[i]);
    } else {
      Abandon(index + i, frames[i]);
    }
    if (i == 0) status = finished;
  }
  pager_.waiter.WakeAll(this);
  if (pager_.listener && IsSuccess(status)) {
    u32 bytes = 0;
    for (u32 i = 0; i < count; ++i) bytes += sources[i].file_bytes;
    pager_.listener->OnPageIn(*this, index, count, bytes);
  }
  return status;
}

void Section::Settle(PageIndex index, Pfn pfn) {
  Frame& record = pager_.frames.frame(pfn);
  record.owner = this;
  record.index = index;
  ++counters_.resident;
  RaiseTo(counters_.resident_peak, counters_.resident);
  if (IsPromised(index)) {
    prototypes_.Set(index, {PrototypeState::kResident, pfn});
    return;
  }
  prototypes_.Set(index, {PrototypeState::kStandby, pfn});
  pager_.frames.MoveToStandby(pfn);
  pager_.frames.commit().Uncharge(1);
}

void Section::Abandon(PageIndex index, Pfn pfn) {
  prototypes_.Set(index, {});
  pager_.frames.Free(pfn);
  if (!IsPromised(index)) pager_.frames.commit().Uncharge(1);
}

Result<Pfn> Section::Share(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  if (entry.state == PrototypeState::kStandby) {
    if (IsFailure(pager_.frames.commit().Charge(1))) return Status::kNoMemory;
    pager_.frames.TakeFromStandby(entry.pfn);
    prototypes_.Set(index, {PrototypeState::kResident, entry.pfn});
  } else {
    KASSERT(entry.state == PrototypeState::kResident);
  }
  ++pager_.frames.frame(entry.pfn).share_count;
  return entry.pfn;
}

void Section::Unshare(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  KASSERT(entry.state == PrototypeState::kResident);
  Frame& record = pager_.frames.frame(entry.pfn);
  KASSERT(record.share_count != 0);
  if (--record.share_count != 0 || IsPromised(index)) return;
  prototypes_.Set(index, {PrototypeState::kStandby, entry.pfn});
  pager_.frames.MoveToStandby(entry.pfn);
  pager_.frames.commit().Uncharge(1);
}

void Section::ReclaimFrame(PageIndex index) {
  KASSERT(prototypes_.Get(index).state == PrototypeState::kStandby);
  prototypes_.Set(index, {});
  --counters_.resident;
}

void Section::Discard(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  if (entry.state != PrototypeState::kStandby) return;
  pager_.frames.TakeFromStandby(entry.pfn);
  pager_.frames.Free(entry.pfn);
  prototypes_.Set(index, {});
  --counters_.resident;
}

std::byte* Section::PresentBytes(PageIndex index) {
  return IsPresent(index) ? pager_.frames.Bytes(prototypes_.Get(index).pfn).data() : nullptr;
}

bool Section::IsUntouchedZero(PageIndex index) const {
  return prototypes_.Get(index).state == PrototypeState::kAbsent &&
         SourceOf(index).file_bytes == 0 && !NeedsFinish(index) && !IsPromised(index);
}

Status Section::ReadBytes(u64 offset, std::span<std::byte> out) {
  while (!out.empty()) {
    if (offset >= u64(pages()) * kPageSize) return Status::kInvalidParameter;
    const PageIndex index(u32(offset >> kPageShift));
    const Acquired page = TRY(AcquirePrototype(index));
    // Slept as the builder: still present, nobody ran since. Slept as a waiter: look again.
    const std::byte* bytes = PresentBytes(index);
    if (!bytes) continue;
    (void)page;
    const u32 within = u32(offset) & kPageMask;
    const u32 count = out.size() < kPageSize - within ? u32(out.size()) : kPageSize - within;
    std::memcpy(out.data(), bytes + within, count);
    out = out.subspan(count);
    offset += count;
  }
  return Status::kSuccess;
}

void Section::CountView(i32 change) {
  counters_.views += u32(change);
  RaiseTo(counters_.views_peak, counters_.views);
}

void Section::CountPrivatePage(i32 change) {
  counters_.private_pages += u32(change);
  if (change > 0) ++counters_.copies;
  RaiseTo(counters_.private_pages_peak, counters_.private_pages);
}

}  // namespace fl::mm
