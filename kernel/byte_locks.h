// ByteLocks: the ranges of one file's bytes that are locked, and by whom.
// Invariants:  a range with an exclusive lock meets no other lock, of the same owner neither; a shared one meets
//              shared ones only. A length of 0 locks nothing but its place in the list, as on NT.
// Semantics:   Microsoft Learn, NtLockFile, LockFileEx: others cannot write what is locked shared, nor read what is
//              locked exclusively; the owner of an exclusive lock can do both.
#pragma once

#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::kernel {

/// A file object in a process, with a key of the program's choice.
struct LockOwner {
  const void* file = nullptr;
  u32 process = 0;
  u32 key = 0;
  bool operator==(const LockOwner&) const = default;
};

struct ByteRange64 {
  u64 offset = 0;
  u64 length = 0;
  bool operator==(const ByteRange64&) const = default;
};

class ByteLocks {
 public:
  /// kLockNotGranted, kInvalidLockRange, kNoMemory.
  Status Lock(const ByteRange64& range, const LockOwner& owner, bool exclusive);
  /// Just the range that was locked. kRangeNotLocked.
  Status Unlock(const ByteRange64& range, const LockOwner& owner);
  /// False: there were none.
  bool UnlockAll(const void* file);
  bool MayRead(const ByteRange64& range, const LockOwner& owner) const;
  bool MayWrite(const ByteRange64& range, const LockOwner& owner) const;
  bool empty() const { return locks_.empty(); }

 private:
  struct Entry {
    ByteRange64 range;
    LockOwner owner;
    bool exclusive;
  };
  Vector<Entry> locks_;
};

}  // namespace fl::kernel
