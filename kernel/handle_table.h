// HandleTable: the handles of one process.
// Owns:        one reference for each entry.
// Invariants:  a handle is a multiple of 4 and never 0; its low two bits are the program's own, as on NT.
// Access:      granted access is kept with the handle and checked by whoever looks it up.
// Attributes:  kHandle*; one that protects from closing keeps all but the end of the process from it.
#pragma once

#include <utility>

#include "kernel/base/vector.h"
#include "kernel/object.h"

namespace fl::kernel {

// As NtSetInformationObject and NtQueryObject number them; the second is OBJ_INHERIT, too.
inline constexpr u8 kHandleProtectFromClose = 1;
inline constexpr u8 kHandleInherit = 2;

class HandleTable {
 public:
  HandleTable() = default;
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;
  HandleTable(HandleTable&& other) { *this = std::move(other); }
  HandleTable& operator=(HandleTable&& other);
  ~HandleTable() { CloseAll(); }

  /// kNoMemory, kInsufficientResources.
  Result<u32> Insert(RefPtr<Object> object, u32 access, u8 attributes = 0);
  /// kInvalidHandle, kHandleNotClosable.
  Status Close(u32 handle);
  /// kInvalidHandle.
  Status SetAttributes(u32 handle, u8 attributes);
  void CloseAll();
  /// Of an empty table: has those of `parent` that are to be inherited, and that `wanted(handle)` says yes to,
  /// under the same values. kNoMemory, and nothing has changed.
  template <class Wanted>
  Status InheritFrom(const HandleTable& parent, Wanted wanted) {
    KASSERT(open_count_ == 0);
    HandleTable inherited;
    TRY_STATUS(inherited.entries_.Resize(parent.entries_.size()));
    for (u32 i = 0; i < parent.entries_.size(); ++i) {
      const Entry& entry = parent.entries_[i];
      if (!entry.object || (entry.attributes & kHandleInherit) == 0 || !wanted((i + 1) * 4)) {
        continue;
      }
      inherited.Fill(i, Entry{entry.object, entry.access, entry.attributes});
    }
    *this = std::move(inherited);
    return Status::kSuccess;
  }

  struct Found {
    RefPtr<Object> object;
    u32 access = 0;
    u8 attributes = 0;
  };
  /// kInvalidHandle.
  Result<Found> Find(u32 handle) const;
  /// The object as a T, with all of `access` granted: kInvalidHandle, kObjectTypeMismatch, kAccessDenied.
  template <class T>
  Result<RefPtr<T>> FindAs(u32 handle, u32 access) const {
    Found found = TRY(Find(handle));
    if (found.object->type() != T::kType) return Status::kObjectTypeMismatch;
    if ((found.access & access) != access) return Status::kAccessDenied;
    return RefPtr<T>(static_cast<T*>(found.object.get()));
  }
  u32 open_count() const { return open_count_; }

 private:
  static constexpr u32 kMaxHandles = 0x10000;
  struct Entry {
    RefPtr<Object> object;
    u32 access = 0;
    u8 attributes = 0;
  };
  /// Null: it names nothing.
  const Entry* Look(u32 handle) const;
  Entry* Look(u32 handle) {
    return const_cast<Entry*>(static_cast<const HandleTable*>(this)->Look(handle));
  }
  void Fill(u32 index, Entry entry);
  void Empty(Entry& entry);

  Vector<Entry> entries_;
  u32 open_count_ = 0;
  u32 first_free_ = 0;  ///< No entry below it is free.
};

}  // namespace fl::kernel
