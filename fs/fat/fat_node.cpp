// FatNode: see fat_node.h.
#include "fs/fat/fat_node.h"

#include "fs/fat/fat_time.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {
namespace {

/// Those that NT lets a program set.
constexpr u32 kSettableAttributes =
    kAttributeReadOnly | kAttributeHidden | kAttributeSystem | kAttributeArchive;

bool IsChange(u64 time) { return time != 0 && i64(time) > 0; }

}  // namespace

BasicInformation BasicOf(const ShortEntry& entry) {
  BasicInformation basic;
  basic.times.creation =
      NtTimeOf(entry.creation_date, entry.creation_time, entry.creation_hundredths);
  basic.times.last_access = NtTimeOf(entry.access_date, 0, 0);
  basic.times.last_write = NtTimeOf(entry.write_date, entry.write_time, 0);
  basic.attributes = entry.attributes & kAttributesMask;
  return basic;
}

Result<ShortEntry> Changed(const ShortEntry& entry, const BasicInformation& change) {
  ShortEntry changed = entry;
  const bool is_directory = entry.attributes & kAttributeDirectory;
  if (change.attributes & kAttributeIsDirectory && !is_directory) return Status::kInvalidParameter;
  if (change.attributes != 0) {
    changed.attributes =
        u8((entry.attributes & ~kSettableAttributes) | (change.attributes & kSettableAttributes));
  }
  std::optional<FatTime> time;
  if (IsChange(change.times.creation)) {
    if (!(time = FatTimeOf(change.times.creation))) return Status::kInvalidParameter;
    changed.creation_date = time->date;
    changed.creation_time = time->time;
    changed.creation_hundredths = time->hundredths;
  }
  if (IsChange(change.times.last_access)) {
    if (!(time = FatTimeOf(change.times.last_access))) return Status::kInvalidParameter;
    changed.access_date = time->date;
  }
  if (IsChange(change.times.last_write)) {
    if (!(time = FatTimeOf(change.times.last_write))) return Status::kInvalidParameter;
    changed.write_date = time->date;
    changed.write_time = time->time;
  }
  return changed;
}

void SetWritten(ShortEntry& entry, u64 now) {
  const std::optional<FatTime> time = FatTimeOf(now);
  if (!time) return;
  entry.write_date = time->date;
  entry.write_time = time->time;
  entry.access_date = time->date;
}

FatNode::FatNode(RefPtr<FatVolume> volume, FileName name, EntryPlace place, const ShortEntry& entry)
    : volume_(std::move(volume)),
      name_(std::move(name)),
      place_(place),
      entry_(entry),
      id_(volume_->nodes().NewId(place)) {
  volume_->nodes().Add(*this);
}

FatNode::~FatNode() { volume_->nodes().Remove(*this); }

Status FatNode::Store(const ShortEntry& entry) {
  if (__builtin_memcmp(&entry, &entry_, sizeof(entry)) == 0) return Status::kSuccess;
  if (place_) TRY_STATUS(volume_->writer().Store(place_, entry));
  entry_ = entry;
  return Status::kSuccess;
}

void FatNode::MoveTo(EntryPlace place, const ShortEntry& entry, FileName name) {
  place_ = place;
  name_ = std::move(name);
  entry_ = entry;
}

Status FatNode::SetBasicLocked(const BasicInformation& change) {
  if (!place_ && !removed_) return Status::kInvalidParameter;
  const FatVolume::Change guard(*volume_);
  return Store(TRY(Changed(entry_, change)));
}

}  // namespace fl::fs::fat
