// HandleTable: the handles of one process.
// Owns:        one reference for each entry.
// Invariants:  a handle is a multiple of 4 and never 0; its low two bits are the program's own, as on NT.
// Access:      granted access is kept with the handle and checked by whoever looks it up.
// Flags:       as programs set them (NtSetInformationObject): a child process gets the handle too; NtClose
//              refuses it. The end of the process closes what is protected as well.
#pragma once

#include "kernel/base/vector.h"
#include "kernel/object.h"

namespace fl::kernel {

inline constexpr u8 kHandleInherit = 1;
inline constexpr u8 kHandleProtectFromClose = 2;

class HandleTable {
 public:
  HandleTable() = default;
  HandleTable(const HandleTable&) = delete;
  HandleTable& operator=(const HandleTable&) = delete;
  ~HandleTable() { CloseAll(); }

  /// kNoMemory, kInsufficientResources.
  Result<u32> Insert(RefPtr<Object> object, u32 access, u8 flags = 0);
  /// kInvalidHandle, kHandleNotClosable.
  Status Close(u32 handle);
  void CloseAll();

  struct Found {
    RefPtr<Object> object;
    u32 access = 0;
    u8 flags = 0;
  };
  /// kInvalidHandle.
  Result<Found> Find(u32 handle) const;
  /// kInvalidHandle.
  Status SetFlags(u32 handle, u8 flags);
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
  using Entry = Found;
  void Remove(Entry& entry, u32 index);

  Vector<Entry> entries_;
  u32 open_count_ = 0;
  u32 first_free_ = 0;  ///< No entry below it is free.
};

}  // namespace fl::kernel
