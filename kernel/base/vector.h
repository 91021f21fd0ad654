// Vector<T>: a growing array whose growth can fail, for code without exceptions.
// Invariant: a Push that fails leaves the vector as it was.
#pragma once

#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "kernel/base/assert.h"
#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl {

template <class T>
class Vector {
 public:
  Vector() = default;
  Vector(const Vector&) = delete;
  Vector& operator=(const Vector&) = delete;
  Vector(Vector&& other)
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Vector& operator=(Vector&& other) {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
  }
  ~Vector() {
    Clear();
    ::operator delete(data_);
  }

  Status Reserve(u32 capacity) {
    if (capacity <= capacity_) return Status::kSuccess;
    if (capacity > 0x7FFFFFFFu / sizeof(T)) return Status::kNoMemory;
    T* grown = static_cast<T*>(::operator new(std::size_t(capacity) * sizeof(T), std::nothrow));
    if (!grown) return Status::kNoMemory;
    if constexpr (std::is_trivially_copyable_v<T>) {
      if (size_ != 0) __builtin_memcpy(static_cast<void*>(grown), data_, size_ * sizeof(T));
    } else {
      for (u32 i = 0; i < size_; ++i) {
        new (grown + i) T(std::move(data_[i]));
        data_[i].~T();
      }
    }
    ::operator delete(data_);
    data_ = grown;
    capacity_ = capacity;
    return Status::kSuccess;
  }
  /// Room for `size` elements, with some to spare, so that one who adds little by little moves them seldom.
  Status Grow(u32 size) {
    if (size <= capacity_) return Status::kSuccess;
    const u32 doubled = capacity_ ? capacity_ * 2 : 4;
    return Reserve(size < doubled ? doubled : size);
  }
  Status Push(T value) {
    if (size_ == capacity_) {
      if (Status s = Reserve(capacity_ ? capacity_ * 2 : 4); IsFailure(s)) return s;
    }
    new (data_ + size_++) T(std::move(value));
    return Status::kSuccess;
  }
  /// Behind what there is; in room for just that much. kNoMemory changes nothing.
  Status Append(std::span<const T> added) {
    if (Status s = Reserve(size_ + u32(added.size())); IsFailure(s)) return s;
    for (const T& value : added) new (data_ + size_++) T(value);
    return Status::kSuccess;
  }
  /// Grows with value-initialised elements, or shrinks.
  Status Resize(u32 size) {
    if (Status s = Reserve(size); IsFailure(s)) return s;
    if constexpr (std::is_scalar_v<T>) {
      if (size_ < size) __builtin_memset(data_ + size_, 0, (size - size_) * sizeof(T));
      size_ = size;
    } else {
      while (size_ < size) new (data_ + size_++) T();
      while (size_ > size) data_[--size_].~T();
    }
    return Status::kSuccess;
  }
  /// The same; new elements hold anything, for somebody who overwrites them all.
  Status ResizeForOverwrite(u32 size) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (Status s = Reserve(size); IsFailure(s)) return s;
    size_ = size;
    return Status::kSuccess;
  }
  void Pop() {
    KASSERT(size_ != 0);
    data_[--size_].~T();
  }
  /// Those behind it move up.
  void Remove(u32 index) {
    KASSERT(index < size_);
    for (; index + 1 < size_; ++index) data_[index] = std::move(data_[index + 1]);
    Pop();
  }
  void Clear() {
    if constexpr (std::is_trivially_destructible_v<T>) {
      size_ = 0;
    } else {
      while (size_ != 0) Pop();
    }
  }

  u32 size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T& operator[](u32 i) {
    KASSERT(i < size_);
    return data_[i];
  }
  const T& operator[](u32 i) const {
    KASSERT(i < size_);
    return data_[i];
  }
  T& back() { return (*this)[size_ - 1]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  std::span<const T> span() const { return {data_, size_}; }
  std::span<T> span() { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  u32 size_ = 0;
  u32 capacity_ = 0;
};

}  // namespace fl
