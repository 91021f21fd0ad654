// Answer: what a call has to say in a form that points into itself: built in kernel memory, for the address
// where the program will see it, and copied there at once.
// Lengths:     the length that is needed is told whether or not it fits, as on NT.
#pragma once

#include <string_view>

#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

class Answer {
 public:
  /// `address`: where it will lie.
  explicit Answer(u32 address) : address_(address) {}

  u32 size() const { return bytes_.size(); }
  /// Where the next byte will lie.
  u32 end() const { return address_ + bytes_.size(); }

  Status Append(std::span<const u8> bytes) {
    // By doubling: an answer is put together from many small parts.
    const u32 size = bytes_.size() + u32(bytes.size());
    if (size > capacity_) {
      capacity_ = size > 2 * capacity_ ? size : 2 * capacity_;
      TRY_STATUS(bytes_.Reserve(capacity_));
    }
    return bytes_.Append(bytes);
  }
  template <class T>
  Status Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return Append({reinterpret_cast<const u8*>(&value), sizeof(T)});
  }
  Status PutText(std::u16string_view text) {
    return Append({reinterpret_cast<const u8*>(text.data()), u32(text.size() * 2)});
  }
  /// Zeros up to a multiple of `alignment`.
  Status Align(u32 alignment) { return bytes_.Resize(AlignUp(bytes_.size(), alignment)); }
  /// Overwrites what is at `offset`.
  template <class T>
  void Set(u32 offset, const T& value) {
    KASSERT(offset <= bytes_.size() && sizeof(T) <= bytes_.size() - offset);
    __builtin_memcpy(bytes_.data() + offset, &value, sizeof(T));
  }
  std::span<const u8> bytes() const { return bytes_.span(); }

  /// Copies it to a program's buffer of `length` bytes, or nothing and `too_short`. `returned`: where to
  /// write the length needed; 0: nowhere.
  Status Give(u32 length, u32 returned, Status too_short) const {
    if (returned) TRY_STATUS(WriteUser(returned, bytes_.size()));
    if (length < bytes_.size()) return too_short;
    return CopyToUser(address_, bytes_.data(), bytes_.size());
  }
  /// The same, but with room for the first `head` bytes, as much as fits is copied, and kBufferOverflow told;
  /// without, kBufferTooSmall.
  Status GivePart(u32 head, u32 length, u32 returned) const {
    TRY_STATUS(WriteUser(returned, bytes_.size()));
    if (length < head) return Status::kBufferTooSmall;
    const bool fits = length >= bytes_.size();
    TRY_STATUS(CopyToUser(address_, bytes_.data(), fits ? bytes_.size() : length));
    return fits ? Status::kSuccess : Status::kBufferOverflow;
  }

 private:
  const u32 address_;
  Vector<u8> bytes_;
  u32 capacity_ = 0;
};

}  // namespace fl::kernel
