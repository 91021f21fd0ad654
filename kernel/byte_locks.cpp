// ByteLocks: see byte_locks.h.
#include "kernel/byte_locks.h"

namespace fl::kernel {
namespace {

/// Nothing overlaps an empty range, but a range that it lies within.
bool Overlap(const ByteRange64& a, const ByteRange64& b) {
  if (a.length == 0 && b.length == 0) return false;
  // Ends may be 2^64; last bytes are not.
  const u64 a_last = a.offset + (a.length == 0 ? 0 : a.length - 1);
  const u64 b_last = b.offset + (b.length == 0 ? 0 : b.length - 1);
  if (a.length == 0) return b.offset < a.offset && a.offset <= b_last;
  if (b.length == 0) return a.offset < b.offset && b.offset <= a_last;
  return a.offset <= b_last && b.offset <= a_last;
}

}  // namespace

Status ByteLocks::Lock(const ByteRange64& range, const LockOwner& owner, bool exclusive) {
  if (range.length != 0 && range.offset > ~range.length + 1) return Status::kInvalidLockRange;
  for (const Entry& entry : locks_) {
    if ((exclusive || entry.exclusive) && Overlap(entry.range, range))
      return Status::kLockNotGranted;
  }
  return locks_.Push({range, owner, exclusive});
}

Status ByteLocks::Unlock(const ByteRange64& range, const LockOwner& owner) {
  for (u32 i = 0; i < locks_.size(); ++i) {
    if (locks_[i].range == range && locks_[i].owner == owner) {
      locks_.Remove(i);
      return Status::kSuccess;
    }
  }
  return Status::kRangeNotLocked;
}

bool ByteLocks::UnlockAll(const void* file) {
  bool any = false;
  for (u32 i = locks_.size(); i-- > 0;) {
    if (locks_[i].owner.file != file) continue;
    locks_.Remove(i);
    any = true;
  }
  return any;
}

bool ByteLocks::MayRead(const ByteRange64& range, const LockOwner& owner) const {
  for (const Entry& entry : locks_) {
    if (entry.exclusive && !(entry.owner == owner) && Overlap(entry.range, range)) return false;
  }
  return true;
}

bool ByteLocks::MayWrite(const ByteRange64& range, const LockOwner& owner) const {
  for (const Entry& entry : locks_) {
    if (Overlap(entry.range, range) && !(entry.exclusive && entry.owner == owner)) return false;
  }
  return true;
}

}  // namespace fl::kernel
