// HandleTable: the handles of one process.
// Owns:        one reference for each entry.
// Invariants:  a handle is a multiple of 4 and never 0; its low two bits are the program's own, as on NT.
// Access:      granted access is kept with the handle and checked by whoever looks it up.
// Attributes:  kHandle*; one that protects from closing keeps all but the end of the process from it.
#pragma once

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
  ~HandleTable() { CloseAll(); }

  /// kNoMemory, kInsufficientResources.
  Result<u32> Insert(RefPtr<Object> object, u32 access, u8 attributes = 0);
  /// kInvalidHandle, kHandleNotClosable.
  Status Close(u32 handle);
  /// kInvalidHandle.
  Status SetAttributes(u32 handle, u8 attributes);
  void CloseAll();

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
  void Empty(Entry& entry);

  Vector<Entry> entries_;
  u32 open_count_ = 0;
  u32 first_free_ = 0;  ///< No entry below it is free.
};

}  // namespace fl::kernel
