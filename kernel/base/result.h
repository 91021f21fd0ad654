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

template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) : value_(std::move(value)), status_(Status::kSuccess) {}
  constexpr Result(Status failure) : none_(), status_(failure) { KASSERT(IsFailure(failure)); }
  constexpr Result(Result&& other) : none_(), status_(other.status_) {
    if (ok()) new (&value_) T(std::move(other.value_));
  }
  constexpr Result(const Result& other) requires std::is_copy_constructible_v<T>
      : none_(), status_(other.status_) {
    if (ok()) new (&value_) T(other.value_);
  }
  Result& operator=(const Result&) = delete;
  constexpr Result& operator=(Result&& other) {
    if (this != &other) {
      this->~Result();
      new (this) Result(std::move(other));
    }
    return *this;
  }
  constexpr ~Result() {
    if (ok()) value_.~T();
  }

  [[nodiscard]] constexpr bool ok() const { return IsSuccess(status_); }
  constexpr explicit operator bool() const { return ok(); }
  /// kSuccess if there is a value.
  constexpr Status status() const { return status_; }
  constexpr Status error() const {
    KASSERT(!ok());
    return status_;
  }
  constexpr T& operator*() & { return Checked(); }
  constexpr const T& operator*() const& { return const_cast<Result*>(this)->Checked(); }
  constexpr T&& operator*() && { return std::move(Checked()); }
  constexpr T* operator->() { return &Checked(); }
  constexpr const T* operator->() const { return &const_cast<Result*>(this)->Checked(); }

 private:
  constexpr T& Checked() {
    KASSERT(ok());
    return value_;
  }
  struct None {};
  union {
    None none_;
    T value_;
  };
  Status status_;
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
