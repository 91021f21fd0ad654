// NewHandle: a handle that the caller is about to be told of. If it cannot be told, the handle is closed again:
// nobody else would.
// Invariant: writing the handle to the program may sleep; if the program has closed it meanwhile, and given its
//            number to another object, that one keeps it.
#pragma once

#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

class NewHandle {
 public:
  /// `access`: granted. kNoMemory, kInsufficientResources.
  static Result<NewHandle> Insert(const SystemCall& call, RefPtr<Object> object, u32 access,
                                  u8 attributes = 0) {
    return Insert(call.process.handles(), std::move(object), access, attributes);
  }
  /// In a table that the caller keeps alive.
  static Result<NewHandle> Insert(HandleTable& handles, RefPtr<Object> object, u32 access,
                                  u8 attributes) {
    const u32 value = TRY(handles.Insert(object, access, attributes));
    return NewHandle(handles, std::move(object), value);
  }
  NewHandle(NewHandle&&) = default;
  NewHandle& operator=(NewHandle&&) = delete;
  ~NewHandle() {
    if (!object_) return;
    const Result<HandleTable::Found> found = handles_.Find(value_);
    if (found.ok() && found->object == object_) (void)handles_.Close(value_);
  }

  u32 value() const { return value_; }
  /// It stays.
  void Keep() { object_ = nullptr; }
  /// Tells the caller, and keeps it; or fails as the write does.
  Status Deliver(u32 pointer) {
    TRY_STATUS(WriteUser(pointer, value_));
    Keep();
    return Status::kSuccess;
  }

 private:
  NewHandle(HandleTable& handles, RefPtr<Object> object, u32 value)
      : handles_(handles), object_(std::move(object)), value_(value) {}

  HandleTable& handles_;
  RefPtr<Object> object_;  ///< Null once it is to stay.
  const u32 value_;
};

}  // namespace fl::kernel
