// Object: what a handle refers to. Process, thread, section, file: one header, one way to wait.
// Lives:       as long as handles, or other objects, refer to it.
// Invariants:  handle_count is the number of table entries of all processes that name it; when it falls
//              to 0 the object is told once (a named section loses its name then, a process does not die).
#pragma once

#include "kernel/base/ref_ptr.h"
#include "kernel/base/units.h"

namespace fl::kernel {

enum class ObjectType : u8 { kProcess, kThread, kSection, kFile };

class Object : public RefCounted<Object> {
 public:
  virtual ~Object() = default;

  ObjectType type() const { return type_; }
  /// Does a wait for it end at once? Waiters sleep on the object's address.
  virtual bool IsSignaled() const { return true; }

  void CountHandle() { ++handle_count_; }
  void UncountHandle() {
    if (--handle_count_ == 0) OnLastHandleClosed();
  }

 protected:
  explicit Object(ObjectType type) : type_(type) {}
  virtual void OnLastHandleClosed() {}

 private:
  const ObjectType type_;
  u32 handle_count_ = 0;
};

}  // namespace fl::kernel
