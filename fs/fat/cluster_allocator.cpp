// ClusterAllocator: see cluster_allocator.h.
#include "fs/fat/cluster_allocator.h"

namespace fl::fs::fat {
namespace {

struct InformationSector {
  LeU32 lead_signature;
  u8 reserved_1[480];
  LeU32 structure_signature;
  LeU32 free_count;
  LeU32 next_free;
  u8 reserved_2[12];
  LeU32 trail_signature;
};
static_assert(sizeof(InformationSector) == kSectorSize);

constexpr u32 kLeadSignature = 0x41615252;
constexpr u32 kStructureSignature = 0x61417272;
constexpr u32 kTrailSignature = 0xAA550000;

}  // namespace

[[gnu::noinline]] void ClusterAllocator::ReadInformation() {
  const VolumeLayout& layout = table_.layout();
  if (layout.information_sector == 0) return;
  InformationSector sector;
  if (IsFailure(cache_.Copy(Lba(layout.information_sector), 0,
                            std::as_writable_bytes(std::span(&sector, 1))))) {
    return;
  }
  has_information_ = sector.lead_signature == kLeadSignature &&
                     sector.structure_signature == kStructureSignature &&
                     sector.trail_signature == kTrailSignature;
  if (!has_information_) return;
  if (sector.free_count <= layout.cluster_count) free_ = sector.free_count.get();
  if (layout.Contains(sector.next_free)) hint_ = sector.next_free;
}

void ClusterAllocator::LearnInformation() {
  if (learnt_) return;
  learnt_ = true;
  ReadInformation();
}

Status ClusterAllocator::Reserve(u32 count) {
  const u32 free = TRY(CountFree());
  if (free < reserved_ || count > free - reserved_) return Status::kDiskFull;
  reserved_ += count;
  return Status::kSuccess;
}

Status ClusterAllocator::Find(u32 goal, u32 count, Vector<ClusterRun>& runs, u32 own) {
  const VolumeLayout& layout = table_.layout();
  const u32 of_others = reserved_ - own;
  if (of_others != 0) TRY(CountFree());
  if (count > layout.cluster_count || (counted_ && count > *free_)) return Status::kDiskFull;
  if (of_others != 0 && (*free_ < of_others || count > *free_ - of_others))
    return Status::kDiskFull;
  u32 cluster = layout.Contains(goal) ? goal : hint_;
  const u32 end = kFirstCluster + layout.cluster_count;
  for (u32 looked_at = 0; count != 0; ++looked_at, ++cluster) {
    if (looked_at == layout.cluster_count) return Status::kDiskFull;
    if (cluster == end) cluster = kFirstCluster;
    if (!TRY(table_.IsFree(cluster))) continue;
    if (!runs.empty() && cluster == runs.back().last() + 1) {
      ++runs.back().count;
    } else {
      TRY_STATUS(runs.Push({cluster, 1}));
    }
    --count;
  }
  return Status::kSuccess;
}

Status ClusterAllocator::Link(Runs runs) {
  u32 next = 0;
  for (std::size_t i = runs.size(); i-- > 0;) {
    for (u32 left = runs[i].count; left-- > 0;) {
      const u32 cluster = runs[i].cluster + left;
      TRY_STATUS(next == 0 ? table_.SetLast(cluster) : table_.SetNext(cluster, next));
      next = cluster;
    }
  }
  return cache_.Flush();
}

Status ClusterAllocator::Take(Runs runs) {
  u32 count = 0;
  for (const ClusterRun& run : runs) count += run.count;
  if (free_) *free_ = *free_ > count ? *free_ - count : 0;
  information_changed_ = true;
  const Status status = Link(runs);
  if (IsFailure(status)) {
    cache_.Abandon();
    GiveBack(runs);
    return status;
  }
  hint_ = runs.back().last() + 1;
  if (!table_.layout().Contains(hint_)) hint_ = kFirstCluster;
  return status;
}

void ClusterAllocator::GiveBack(Runs runs) {
  Status status = Status::kSuccess;
  for (const ClusterRun& run : runs) {
    for (u32 i = 0; i < run.count && IsSuccess(status); ++i) status = FreeOne(run.cluster + i);
  }
  FinishFreeing(status);
}

void ClusterAllocator::Free(u32 first) {
  Status status = Status::kSuccess;
  for (u32 cluster = first; table_.layout().Contains(cluster) && IsSuccess(status);) {
    // A chain in a circle comes to a cluster that is free by now, and that is no link of a chain.
    const Result<std::optional<u32>> next = table_.Next(cluster);
    status = next.status();
    if (!next.ok()) break;
    status = FreeOne(cluster);
    if (!*next) break;
    cluster = **next;
  }
  FinishFreeing(status == Status::kDiskCorrupt ? Status::kSuccess : status);
}

Status ClusterAllocator::FreeOne(u32 cluster) {
  TRY_STATUS(table_.SetFree(cluster));
  if (free_) ++*free_;
  information_changed_ = true;
  return Status::kSuccess;
}

void ClusterAllocator::FinishFreeing(Status status) {
  if (IsSuccess(status)) status = cache_.Flush();
  if (IsSuccess(status)) return;
  cache_.Abandon();
  // Which of them are free is not known.
  free_.reset();
  counted_ = false;
}

Result<u32> ClusterAllocator::CountFree() {
  if (counted_) return *free_;
  const u32 end = kFirstCluster + table_.layout().cluster_count;
  u32 free = 0;
  for (u32 cluster = kFirstCluster; cluster != end; ++cluster) {
    if (TRY(table_.IsFree(cluster))) ++free;
  }
  information_changed_ = information_changed_ || free_ != free;
  free_ = free;
  counted_ = true;
  return free;
}

void ClusterAllocator::WriteInformation() {
  if (!information_changed_ || !has_information_) return;
  LeU32 fields[2];
  fields[0] = free_ ? *free_ : ~0u;
  fields[1] = hint_;
  const Lba sector(table_.layout().information_sector);
  Status status = cache_.Change(sector, offsetof(InformationSector, free_count),
                                std::as_bytes(std::span(fields)));
  if (IsSuccess(status)) status = cache_.Flush();
  if (IsSuccess(status)) {
    information_changed_ = false;
  } else {
    cache_.Abandon();
  }
}

}  // namespace fl::fs::fat
