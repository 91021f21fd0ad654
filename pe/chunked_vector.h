// ChunkedVector<T>: a growing array in pieces of at most 16 KiB, for tables whose size a file
// decides: a fragmented kernel heap need not have one long run for them.
// Invariant: all chunks but the last are full.
#pragma once

#include "kernel/base/vector.h"

namespace fl::pe {

template <class T>
class ChunkedVector {
 public:
  u32 size() const {
    return chunks_.empty() ? 0 : (chunks_.size() - 1) * kChunk + chunks_[chunks_.size() - 1].size();
  }
  bool empty() const { return chunks_.empty(); }
  T& operator[](u32 i) { return chunks_[i / kChunk][i % kChunk]; }
  const T& operator[](u32 i) const { return chunks_[i / kChunk][i % kChunk]; }
  T& back() { return chunks_.back().back(); }

  /// A failure leaves the array as it was.
  Status Push(T value) {
    if (chunks_.empty() || chunks_.back().size() == kChunk) {
      Vector<T> chunk;
      TRY_STATUS(chunk.Push(std::move(value)));
      return chunks_.Push(std::move(chunk));
    }
    return chunks_.back().Push(std::move(value));
  }

  /// Behind what there is. A failure leaves the array as it was.
  Status Append(std::span<const T> added) {
    const u32 before = size();
    while (!added.empty()) {
      if (chunks_.empty() || chunks_.back().size() == kChunk) {
        if (const Status s = chunks_.Push(Vector<T>()); IsFailure(s)) return CutTo(before, s);
      }
      Vector<T>& chunk = chunks_.back();
      const u32 room = kChunk - chunk.size();
      const std::size_t count = added.size() < room ? added.size() : room;
      // In steps that double, as Push takes them.
      const u32 wanted = chunk.size() + u32(count);
      if (const Status s = chunk.Grow(wanted); IsFailure(s)) return CutTo(before, s);
      if (const Status s = chunk.Append(added.first(count)); IsFailure(s)) return CutTo(before, s);
      added = added.subspan(count);
    }
    return Status::kSuccess;
  }
  /// As many of the elements [from, end) as lie side by side.
  std::span<const T> Run(u32 from, u32 end) const {
    const std::span<const T> chunk = chunks_[from / kChunk].span().subspan(from % kChunk);
    return chunk.size() < end - from ? chunk : chunk.first(end - from);
  }

 private:
  Status CutTo(u32 size, Status status) {
    while (chunks_.size() > (size + kChunk - 1) / kChunk) (void)chunks_.Resize(chunks_.size() - 1);
    if (!chunks_.empty()) (void)chunks_.back().Resize(size - (chunks_.size() - 1) * kChunk);
    return status;
  }
  static constexpr u32 ChunkElements() {
    u32 elements = 1;
    while (elements * 2 * sizeof(T) <= 16384) elements *= 2;
    return elements;
  }
  static constexpr u32 kChunk = ChunkElements();
  Vector<Vector<T>> chunks_;
};

}  // namespace fl::pe
