// Balance: see balance.h.
#include "kernel/balance.h"

#include "kernel/base/log.h"

namespace fl::kernel {
namespace {

constexpr const char* kUseNames[mm::kFrameUses] = {"not_ram", "free",    "zeroed",     "standby",
                                                   "private", "section", "page_table", "kernel"};

i32 Difference(u32 before, u32 now) { return i32(now - before); }

}  // namespace

u32 Balance::frames_in_use() const {
  u32 sum = 0;
  for (const u32 count : frames) sum += count;
  return sum;
}

Balance TakeBalance(const mm::PfnDatabase& frames, const KernelHeap& heap) {
  Balance balance;
  for (u32 use = u32(mm::FrameUse::kPrivate); use < mm::kFrameUses; ++use) {
    balance.frames[use] = frames.count(mm::FrameUse(use));
  }
  balance.committed = frames.commit().charged();
  balance.heap_bytes = heap.counters().bytes;
  for (u32 i = 0; i < KernelHeap::kSizes; ++i) balance.heap_blocks[i] = heap.blocks_by_size()[i];
  return balance;
}

void PutDifference(JsonWriter& json, const Balance& before, const Balance& now) {
  json.Field("frames", Difference(before.frames_in_use(), now.frames_in_use()));
  json.Field("commit", Difference(before.committed, now.committed));
  json.Field("heap", Difference(before.heap_bytes, now.heap_bytes));
  if (before == now) return;
  json.Key("by_use").BeginObject();
  for (u32 use = 0; use < mm::kFrameUses; ++use) {
    const i32 change = Difference(before.frames[use], now.frames[use]);
    if (change != 0) json.Field(kUseNames[use], change);
  }
  json.EndObject();
  json.Key("by_block_size").BeginArray();
  for (u32 i = 0; i < KernelHeap::kSizes; ++i) {
    const i32 change = Difference(before.heap_blocks[i], now.heap_blocks[i]);
    if (change == 0) continue;
    json.BeginObject().Field("size", KernelHeap::BlockSize(i)).Field("blocks", change).EndObject();
  }
  json.EndArray();
}

void LogDifference(const char* when, const Balance& before, const Balance& now) {
  if (before == now) return;
  Log(LogLevel::kError, "%s, not back where it was: frames %d, commit %d, heap %d bytes", when,
      Difference(before.frames_in_use(), now.frames_in_use()),
      Difference(before.committed, now.committed), Difference(before.heap_bytes, now.heap_bytes));
  for (u32 use = 0; use < mm::kFrameUses; ++use) {
    const i32 change = Difference(before.frames[use], now.frames[use]);
    if (change != 0) Log(LogLevel::kError, "  %s frames: %d", kUseNames[use], change);
  }
  for (u32 i = 0; i < KernelHeap::kSizes; ++i) {
    const i32 change = Difference(before.heap_blocks[i], now.heap_blocks[i]);
    if (change != 0) {
      Log(LogLevel::kError, "  heap blocks of up to %u bytes: %d", KernelHeap::BlockSize(i),
          change);
    }
  }
}

}  // namespace fl::kernel
