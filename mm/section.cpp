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
    : pager_(pager), kind_(kind), serial_(++pager.sections_made), file_(std::move(file)) {}

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

Status Section::AcquirePrototype(PageIndex index) {
  switch (prototypes_.Get(index).state) {
    case PrototypeState::kResident:
    case PrototypeState::kStandby:
      return Status::kSuccess;
    case PrototypeState::kReading:
      // Whoever builds it has the outcome; if that fails, the look that follows starts a read of its own.
      pager_.waiter.Sleep(this);
      return Status::kSuccess;
    case PrototypeState::kAbsent:
      return BuildPages(index);
  }
  return Status::kSuccess;
}

/// Can the page, absent, come in with the one before it: do its bytes follow in the file?
bool Section::FollowsInFile(PageIndex index) const {
  if (prototypes_.Get(index).state != PrototypeState::kAbsent || IsPromised(index)) return false;
  const PageSource source = SourceOf(index);
  const PageSource before = SourceOf(index - 1);
  return source.file_bytes != 0 && before.file_bytes == kPageSize &&
         source.file_offset == before.file_offset + kPageSize;
}

/// The pages that one transfer brings in for `index`.
SectionRun Section::ClusterFor(PageIndex index) {
  SectionRun run{index, 1};
  if (SourceOf(index).file_bytes == 0) return run;
  SectionRun window = WindowFor(index);
  // Pages that nobody asked for yet must not push out too many that somebody did.
  u32 most = pager_.frames.available() / 4;
  if (most > kMaxClusterPages) most = kMaxClusterPages;
  while (run.first > window.first && run.pages < most &&
         prototypes_.Get(run.first - 1).state == PrototypeState::kAbsent &&
         !IsPromised(run.first - 1) && FollowsInFile(run.first)) {
    run.first = run.first - 1;
    ++run.pages;
  }
  const u32 end =
      window.first.value + window.pages < pages() ? window.first.value + window.pages : pages();
  while (run.pages < most && run.first.value + run.pages < end &&
         FollowsInFile(run.first + run.pages)) {
    ++run.pages;
  }
  return run;
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

/// Makes the page, and those that come with it, of what the file has: frames, bytes, finish, standby.
Status Section::BuildPages(PageIndex index) {
  PageSource sources[kMaxClusterPages];
  Pfn frames[kMaxClusterPages];
  SectionRun run = ClusterFor(index);
  u32 count = 0;
  while (count < run.pages) {
    const PageIndex page = run.first + count;
    Result<Pfn> pfn = TakeFrameFor(page);
    if (!pfn) {
      // The page that was asked for must come; its neighbours come if there is room.
      if (page > index) break;
      for (; count != 0; --count) Abandon(run.first + (count - 1), frames[count - 1]);
      if (page == index && run.first == index) return pfn.error();
      run = {index, 1};
      continue;
    }
    frames[count] = *pfn;
    sources[count++] = SourceOf(page);
  }

  PageIndex first = run.first;
  const Pfn* pfns = frames;
  Status status = ReadCluster({sources, count}, {frames, count});
  if (IsFailure(status) && count > 1) {
    // A neighbour that cannot be read is nobody's loss yet: only the page that was asked for counts.
    const u32 asked = index - first;
    for (u32 i = 0; i < count; ++i) {
      if (i != asked) Abandon(first + i, frames[i]);
    }
    first = index;
    pfns = frames + asked;
    count = 1;
    status = ReadCluster({sources + asked, count}, {pfns, count});
  }
  Status outcome = status;
  u32 bytes = 0;
  for (u32 i = 0; i < count; ++i) {
    const PageIndex page = first + i;
    Status finished = status;
    if (IsSuccess(finished)) finished = FinishPage(page, pager_.frames.Bytes(pfns[i]));
    if (IsSuccess(finished)) {
      Settle(page, pfns[i]);
      bytes += SourceOf(page).file_bytes;
    } else {
      Abandon(page, pfns[i]);
    }
    if (page == index) outcome = finished;
  }
  pager_.waiter.WakeAll(this);
  if (pager_.listener && IsSuccess(outcome)) {
    pager_.listener->OnPageIn(*this, first, count, bytes);
  }
  return outcome;
}

/// A frame for a page that is absent: the page is kReading from now on.
Result<Pfn> Section::TakeFrameFor(PageIndex page) {
  TRY_STATUS(prototypes_.Prepare(page));
  const Pfn pfn = TRY(IsPromised(page) ? pager_.frames.Allocate(FrameUse::kSection)
                                       : pager_.frames.AllocateCharged(FrameUse::kSection));
  prototypes_.Set(page, {PrototypeState::kReading, pfn});
  return pfn;
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
    TRY_STATUS(AcquirePrototype(index));
    const std::byte* bytes = PresentBytes(index);
    if (!bytes) continue;  // Whoever was waited for has failed, or the frame is gone again.
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
