// RefPtr<T>: shared ownership by a count inside the object.
// Invariants: an object is born with count 1, which AdoptRef takes over; the last Unref deletes it.
//   The kernel is never pre-empted in kernel mode, so the count is a plain number.
#pragma once

#include <utility>

#include "kernel/base/assert.h"
#include "kernel/base/units.h"

namespace fl {

/// Base of counted objects. T is the type whose destructor ends the object (virtual if derived from).
template <class T>
class RefCounted {
 public:
  RefCounted(const RefCounted&) = delete;
  RefCounted& operator=(const RefCounted&) = delete;
  void Ref() const {
    KASSERT(references_ != 0);
    ++references_;
  }
  void Unref() const {
    KASSERT(references_ != 0);
    if (--references_ == 0) delete static_cast<const T*>(this);
  }
  u32 references() const { return references_; }

 protected:
  RefCounted() = default;
  ~RefCounted() = default;

 private:
  mutable u32 references_ = 1;
};

template <class T>
class RefPtr {
 public:
  constexpr RefPtr() = default;
  constexpr RefPtr(std::nullptr_t) {}
  explicit RefPtr(T* object) : object_(object) {
    if (object_) object_->Ref();
  }
  RefPtr(const RefPtr& other) : RefPtr(other.object_) {}
  RefPtr(RefPtr&& other) : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
  requires std::is_convertible_v<U*, T*> RefPtr(RefPtr<U> other) : object_(other.Release()) {}
  RefPtr& operator=(RefPtr other) {
    std::swap(object_, other.object_);
    return *this;
  }
  ~RefPtr() {
    if (object_) object_->Unref();
  }
  T* get() const { return object_; }
  T* operator->() const { return object_; }
  T& operator*() const { return *object_; }
  explicit operator bool() const { return object_ != nullptr; }
  bool operator==(const RefPtr& other) const { return object_ == other.object_; }
  /// Gives the reference away: the caller must Unref.
  T* Release() { return std::exchange(object_, nullptr); }

  static RefPtr Adopt(T* object) {
    RefPtr pointer;
    pointer.object_ = object;
    return pointer;
  }

 private:
  T* object_ = nullptr;
};

/// Takes over the count an object is born with; null stays null.
template <class T>
RefPtr<T> AdoptRef(T* object) {
  return RefPtr<T>::Adopt(object);
}

}  // namespace fl
