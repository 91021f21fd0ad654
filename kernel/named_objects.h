// NamedObjects: the objects that have a name, for NtCreate* and NtOpen*.
// Invariants:  a name lives as long as a handle to its object; the list refers weakly. Names are compared
//              without regard to case; all types share one space of them.
#pragma once

#include <string_view>

#include "kernel/base/vector.h"
#include "kernel/object.h"

namespace fl::kernel {

/// An object of a type whose objects may have names.
class NamedObject : public Object, public ListNode<NamedObject> {
 public:
  ~NamedObject() override { KASSERT(!ListNode<NamedObject>::linked()); }
  std::string_view name() const { return {name_.data(), name_.size()}; }
  /// kNoMemory. Then NamedObjects::Add.
  Status SetName(std::string_view name) { return name_.Append(name); }

 protected:
  explicit NamedObject(ObjectType type) : Object(type) {}
  void OnLastHandleClosed() override {
    if (ListNode<NamedObject>::linked()) ListNode<NamedObject>::Unlink();
  }

 private:
  Vector<char> name_;
};

class NamedObjects {
 public:
  /// Null if there is none.
  RefPtr<NamedObject> Find(std::string_view name);
  /// The name is not taken.
  void Add(NamedObject& object) { objects_.PushBack(object); }

 private:
  IntrusiveList<NamedObject> objects_;
};

}  // namespace fl::kernel
