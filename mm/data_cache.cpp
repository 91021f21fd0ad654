// DataCache: see data_cache.h.
#include "mm/data_cache.h"

namespace fl::mm {
namespace {

// One in so many pages that can be promised may be waiting to be written back before writers write.
constexpr u32 kModifiedShare = 8;

}  // namespace

DataSection* DataCache::NextModified(u32 round) {
  for (DataSection& section : sections_) {
    if (section.round_ != round && section.modified()) return &section;
  }
  return nullptr;
}

Status DataCache::WriteBackAll() {
  Status outcome = Status::kSuccess;
  // Files come and go while one is written; each is written once.
  const u32 round = ++round_;
  while (DataSection* const section = NextModified(round)) {
    section->round_ = round;
    const Status status = section->WriteBack();
    if (IsSuccess(outcome)) outcome = status;
  }
  return outcome;
}

void DataCache::Relieve() {
  // Whoever could not be written says so when it is asked to.
  if (pager_.modified_pages > pager_.frames.commit().limit() / kModifiedShare) (void)WriteBackAll();
}

}  // namespace fl::mm
