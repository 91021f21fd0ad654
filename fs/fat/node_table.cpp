// NodeTable: see node_table.h.
#include "fs/fat/node_table.h"

#include "fs/fat/volume.h"

namespace fl::fs::fat {
namespace {

/// Places take fewer bits: 2^32 sectors of 16 entries.
constexpr u32 kGenerationShift = 40;

}  // namespace

void NodeTable::Remove(FatNode& node) {
  IntrusiveList<FatNode>::Remove(node);
  if (!node.is_removed() || node.is_directory()) return;
  KASSERT(removed_open_ != 0);
  --removed_open_;
  const u32 cluster = FirstClusterOf(node.entry(), node.volume().layout().width);
  if (cluster != 0) KASSERT(IsSuccess(orphans_.Push(cluster)));
}

FatNode* NodeTable::Find(EntryPlace place) {
  for (FatNode& node : nodes_) {
    if (node.place() == place) return &node;
  }
  return nullptr;
}

u64 NodeTable::NewId(EntryPlace place) {
  for (FatNode& node : nodes_) {
    if (place && node.id() == place.number) return place.number | ++generation_ << kGenerationShift;
  }
  return place.number;
}

u32 NodeTable::TakeOrphan() {
  if (orphans_.empty()) {
    // The room comes back with the next removal.
    if (removed_open_ == 0) orphans_ = Vector<u32>();
    return 0;
  }
  const u32 cluster = orphans_.back();
  orphans_.Pop();
  return cluster;
}

}  // namespace fl::fs::fat
