// Result<T>: a T, or the Status that says why there is none. TRY leaves the function with that Status.
// Invariant: holds a value or a failure code, never a success code without a value.
// Why not std::expected: the fuzz targets are built by a clang whose library mode does not offer it.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "kernel/base/assert.h"
#include "kernel/base/status.h"

namespace fl {

/// What a Result holds. Trivial for a trivial T, so that it goes from function to function in registers.
template <class T, bool kTrivial = std::is_trivially_copyable_v<T>>
class ResultStorage {
 protected:
  constexpr explicit ResultStorage(T value) : value_(std::move(value)), status_(Status::kSuccess) {}
  constexpr explicit ResultStorage(Status failure) : none_(), status_(failure) {}

  struct None {};
  union {
    None none_;
    T value_;
  };
  Status status_;
};

template <class T>
class ResultStorage<T, false> {
 public:
  constexpr ResultStorage(ResultStorage&& other) : none_(), status_(other.status_) {
    if (IsSuccess(status_)) new (&value_) T(std::move(other.value_));
  }
  constexpr ResultStorage(const ResultStorage& other) requires std::is_copy_constructible_v<T>
      : none_(), status_(other.status_) {
    if (IsSuccess(status_)) new (&value_) T(other.value_);
  }
  constexpr ResultStorage& operator=(ResultStorage&& other) {
    if (this != &other) {
      this->~ResultStorage();
      new (this) ResultStorage(std::move(other));
    }
    return *this;
  }
  constexpr ~ResultStorage() {
    if (IsSuccess(status_)) value_.~T();
  }

 protected:
  constexpr explicit ResultStorage(T value) : value_(std::move(value)), status_(Status::kSuccess) {}
  constexpr explicit ResultStorage(Status failure) : none_(), status_(failure) {}

  struct None {};
  union {
    None none_;
    T value_;
  };
  Status status_;
};

template <class T>
class [[nodiscard]] Result : private ResultStorage<T> {
 public:
  constexpr Result(T value) : ResultStorage<T>(std::move(value)) {}
  constexpr Result(Status failure) : ResultStorage<T>(failure) { KASSERT(IsFailure(failure)); }

  [[nodiscard]] constexpr bool ok() const { return IsSuccess(this->status_); }
  constexpr explicit operator bool() const { return ok(); }
  /// kSuccess if there is a value.
  constexpr Status status() const { return this->status_; }
  constexpr Status error() const {
    KASSERT(!ok());
    return this->status_;
  }
  constexpr T& operator*() & { return Checked(); }
  constexpr const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  constexpr T&& operator*() && { return std::move(Checked()); }
  constexpr T* operator->() { return &Checked(); }
  constexpr const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  constexpr T& Checked() {
    KASSERT(ok());
    return this->value_;
  }
};

}  // namespace fl

/// Evaluates to the value of a Result, or returns its failure from the enclosing function.
#define TRY(expression)                                \
  (*({                                                 \
    auto try_result_ = (expression);                   \
    if (!try_result_.ok()) return try_result_.error(); \
    std::move(try_result_);                            \
  }))

/// Returns a failing plain Status from the enclosing function.
#define TRY_STATUS(expression)                            \
  do {                                                    \
    ::fl::Status try_status_ = (expression);              \
    if (::fl::IsFailure(try_status_)) return try_status_; \
  } while (0)
