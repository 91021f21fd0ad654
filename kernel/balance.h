// Balance: what is in use when no program runs: frames by use, promised pages, blocks of the heap. Two of
// them tell what a run of a program has left behind: it must be nothing.
// Free for the taking, so not in use: zeroed frames and frames that stand by, whatever they hold. Caches
// that hold memory of their own (sectors, names of images for the statistics) are of fixed size, and
// there before the first balance is taken.
#pragma once

#include "kernel/heap.h"
#include "kernel/json_writer.h"

namespace fl::kernel {

struct Balance {
  u32 frames[mm::kFrameUses] = {};  ///< Of the uses that hold a frame; 0 for the others.
  u32 committed = 0;
  u32 heap_bytes = 0;
  u32 heap_blocks[KernelHeap::kSizes] = {};  ///< By size; large blocks last.

  u32 frames_in_use() const;
  bool operator==(const Balance&) const = default;
};
Balance TakeBalance(const mm::PfnDatabase& frames, const KernelHeap& heap);

/// Writes what `now` has more (or, negative, less) than `before`: "frames", "commit", "heap", and if they
/// differ "by_use" and "by_block_size", which name what was lost.
void PutDifference(JsonWriter& json, const Balance& before, const Balance& now);
/// The same for people, in the log.
void LogDifference(const char* when, const Balance& before, const Balance& now);

}  // namespace fl::kernel
