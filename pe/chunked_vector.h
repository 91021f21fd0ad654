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

 private:
  static constexpr u32 ChunkElements() {
    u32 elements = 1;
    while (elements * 2 * sizeof(T) <= 16384) elements *= 2;
    return elements;
  }
  static constexpr u32 kChunk = ChunkElements();
  Vector<Vector<T>> chunks_;
};

}  // namespace fl::pe
