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
  for (PageIndex i = prototypes_.SkipAbsent(PageIndex(0)); i.value < prototypes_.pages();
       i = prototypes_.SkipAbsent(i + 1)) {
    const Prototype entry = prototypes_.Get(i);
    KASSERT(entry.state != PrototypeState::kReading);
    if (entry.state == PrototypeState::kStandby) pager_.frames.TakeFromStandby(entry.pfn);
    if (entry.state != PrototypeState::kAbsent) pager_.frames.Free(entry.pfn);
  }
  pager_.frames.commit().Uncharge(promised_pages_);
}

Status Section::AcquirePrototype(PageIndex index) {
  // A file may have been cut since the view was made.
  if (index.value >= pages()) return Status::kEndOfFile;
  switch (prototypes_.Get(index).state) {
    case PrototypeState::kResident:
    case PrototypeState::kStandby:
      return Status::kSuccess;
    case PrototypeState::kReading:
      // Whoever builds it has the outcome; if that fails, the look that follows starts a read of its own.
      pager_.waiter.Sleep(this);
      return Status::kSuccess;
    case PrototypeState::kAbsent:
      break;
  }
  const RefPtr<Section> kept(this);
  Cluster cluster(index, ClusterFor(index));
  TRY_STATUS(TakeFrames(cluster));
  Status status = ReadCluster(cluster);
  if (IsFailure(status) && cluster.run.pages > 1) {
    // A neighbour that cannot be read is nobody's loss yet: only the page that was asked for counts.
    AbandonNeighbours(cluster);
    status = ReadCluster(cluster);
  }
  return SettleCluster(cluster, status);
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

/// Frames for the pages of `cluster.run`, which gets shorter if there are too few. Without one for the page that
/// was asked for it fails, and nothing has changed.
Status Section::TakeFrames(Cluster& cluster) {
  SectionRun& run = cluster.run;
  for (u32 i = 0; i < run.pages; ++i) {
    const PageIndex page = run.first + i;
    const Result<Pfn> pfn = TakeFrameFor(page);
    if (pfn.ok()) {
      cluster.frames[i] = *pfn;
      continue;
    }
    // The page that was asked for must come; its neighbours come if there is room.
    if (page > cluster.asked) {
      run.pages = i;
      return Status::kSuccess;
    }
    if (run.first == cluster.asked) return pfn.error();
    for (u32 taken = i; taken != 0; --taken) {
      Abandon(run.first + (taken - 1), cluster.frames[taken - 1]);
    }
    run = {cluster.asked, 1};
    cluster.frames[0] = TRY(TakeFrameFor(cluster.asked));
    return Status::kSuccess;
  }
  return Status::kSuccess;
}

Status Section::ReadCluster(const Cluster& cluster) {
  const SectionRun run = cluster.run;
  std::span<std::byte> buffers[kMaxClusterPages];
  u32 bytes = 0;
  for (u32 i = 0; i < run.pages; ++i) {
    buffers[i] = pager_.frames.Bytes(cluster.frames[i]).first(SourceOf(run.first + i).file_bytes);
    bytes += u32(buffers[i].size());
  }
  if (bytes != 0) {
    TRY_STATUS(file_->ReadAt(SourceOf(run.first).file_offset, fs::ScatterList(buffers, run.pages)));
    counters_.bytes_read += bytes;
  }
  for (u32 i = 0; i < run.pages; ++i) {
    const u32 filled = u32(buffers[i].size());
    std::memset(pager_.frames.Bytes(cluster.frames[i]).data() + filled, 0, kPageSize - filled);
  }
  return Status::kSuccess;
}

void Section::AbandonNeighbours(Cluster& cluster) {
  const u32 asked = cluster.asked - cluster.run.first;
  for (u32 i = 0; i < cluster.run.pages; ++i) {
    if (i != asked) Abandon(cluster.run.first + i, cluster.frames[i]);
  }
  cluster.frames[0] = cluster.frames[asked];
  cluster.run = {cluster.asked, 1};
}

/// Finishes the pages that were read (`status`) or gives their frames back, each by itself; the status of the
/// page that was asked for.
Status Section::SettleCluster(const Cluster& cluster, Status status) {
  Status outcome = status;
  SectionRun here{cluster.run.first, 0};
  u32 bytes = 0;
  const auto tell = [&] {
    if (pager_.listener && here.pages != 0) {
      pager_.listener->OnPageIn(*this, here.first, here.pages, bytes);
    }
  };
  for (u32 i = 0; i < cluster.run.pages; ++i) {
    const PageIndex page = cluster.run.first + i;
    Status finished = status;
    if (IsSuccess(finished)) finished = FinishPage(page, pager_.frames.Bytes(cluster.frames[i]));
    if (page == cluster.asked) outcome = finished;
    if (IsFailure(finished)) {
      Abandon(page, cluster.frames[i]);
      tell();
      here = {page + 1, 0};
      bytes = 0;
      continue;
    }
    Settle(page, cluster.frames[i]);
    const u32 file_bytes = SourceOf(page).file_bytes;
    ++(file_bytes != 0 ? counters_.pages_read : counters_.pages_zeroed);
    bytes += file_bytes;
    ++here.pages;
  }
  pager_.waiter.WakeAll(this);
  tell();
  return outcome;
}

Status Section::MakeRoom() {
  for (PageIndex page(0); page.value < pages(); ++page) TRY_STATUS(prototypes_.Prepare(page));
  return Status::kSuccess;
}

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
  record.modified = record.writable = false;
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

/// It keeps the charge that came with its frame.
void Section::SettleModified(PageIndex index, Pfn pfn) {
  Frame& record = pager_.frames.frame(pfn);
  record.owner = this;
  record.index = index;
  record.modified = true;
  record.writable = false;
  ++counters_.resident;
  RaiseTo(counters_.resident_peak, counters_.resident);
  prototypes_.Set(index, {PrototypeState::kResident, pfn});
}

void Section::Drop(PageIndex index) {
  const Prototype entry = prototypes_.Get(index);
  KASSERT(!IsPromised(index) && pager_.frames.frame(entry.pfn).share_count == 0);
  if (entry.state == PrototypeState::kStandby) {
    pager_.frames.TakeFromStandby(entry.pfn);
  } else {
    KASSERT(entry.state == PrototypeState::kResident);
    pager_.frames.commit().Uncharge(1);
  }
  prototypes_.Set(index, {});
  pager_.frames.Free(entry.pfn);
  --counters_.resident;
}

Status Section::Grow(u64 size_in_bytes) {
  TRY_STATUS(prototypes_.Grow(PagesFor(size_in_bytes)));
  size_ = size_in_bytes;
  return Status::kSuccess;
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
  record.writable = false;
  // What has changed stays until it is written back.
  if (record.modified) return;
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
