// Extents: see extents.h.
#include "fs/fat/extents.h"

namespace fl::fs::fat {

Result<std::optional<u32>> Extents::NextOf(u32 cluster) const {
  const Result<std::optional<u32>> next = table_.Next(cluster);
  if (next.status() == Status::kDiskCorrupt) return Status::kFileCorrupt;
  return next;
}

Status Extents::Start() {
  if (!table_.layout().Contains(first_)) return Status::kFileCorrupt;
  TRY_STATUS(extents_.Push({0, first_}));
  guard_.Start(first_);
  last_ = first_;
  known_ = 1;
  return Status::kSuccess;
}

Status Extents::Step() {
  const u32 known = known_;
  const std::optional<u32> next = TRY(NextOf(last_));
  if (known_ != known) return Status::kSuccess;
  if (!next || guard_.WouldClose(*next)) return Status::kFileCorrupt;
  if (*next != last_ + 1) TRY_STATUS(extents_.Push({known, *next}));
  guard_.Advance(*next);
  last_ = *next;
  known_ = known + 1;
  return Status::kSuccess;
}

Status Extents::CheckEnd() {
  // A longer chain than the size needs is allowed (space set aside), if it ends.
  LoopGuard guard = guard_;
  u32 cluster = last_;
  while (true) {
    const std::optional<u32> next = TRY(NextOf(cluster));
    if (!next) break;
    if (guard.WouldClose(*next)) return Status::kFileCorrupt;
    guard.Advance(*next);
    cluster = *next;
  }
  end_checked_ = true;
  return Status::kSuccess;
}

Status Extents::ExtendTo(u32 count) {
  // More clusters than the volume has cannot all be different.
  if (count > table_.layout().cluster_count) return Status::kFileCorrupt;
  if (known_ == 0) TRY_STATUS(Start());
  while (known_ < count) TRY_STATUS(Step());
  if (count == clusters_ && !end_checked_) TRY_STATUS(CheckEnd());
  return Status::kSuccess;
}

Result<Extents::Run> Extents::Find(u32 index, u32 wanted) {
  KASSERT(index < clusters_ && wanted != 0);
  const u32 count = wanted < clusters_ - index ? index + wanted : clusters_;
  TRY_STATUS(ExtendTo(count));
  u32 low = 0;
  u32 high = extents_.size();
  while (high - low > 1) {
    const u32 middle = low + (high - low) / 2;
    (extents_[middle].index <= index ? low : high) = middle;
  }
  const Extent& extent = extents_[low];
  const u32 end = high < extents_.size() ? extents_[high].index : known_;
  const u32 together = end - index;
  return Run{extent.cluster + (index - extent.index), together < wanted ? together : wanted};
}

Result<u32> Extents::Last() { return TRY(Find(clusters_ - 1, 1)).cluster; }

Status Extents::Append(std::span<const Run> runs) {
  KASSERT(known_ == clusters_);
  TRY_STATUS(extents_.Reserve(extents_.size() + u32(runs.size())));
  for (const Run& run : runs) {
    if (known_ == 0) first_ = run.cluster;
    if (known_ == 0 || run.cluster != last_ + 1) (void)extents_.Push({known_, run.cluster});
    known_ += run.count;
    last_ = run.last();
  }
  clusters_ = known_;
  guard_.Start(last_);
  end_checked_ = true;
  return Status::kSuccess;
}

void Extents::Truncate(u32 clusters) {
  KASSERT(clusters <= clusters_ && clusters <= known_);
  while (!extents_.empty() && extents_.back().index >= clusters) extents_.Pop();
  clusters_ = known_ = clusters;
  if (clusters == 0) {
    first_ = 0;
    return;
  }
  last_ = extents_.back().cluster + (clusters - 1 - extents_.back().index);
  guard_.Start(last_);
}

}  // namespace fl::fs::fat
