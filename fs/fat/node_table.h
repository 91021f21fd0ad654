// NodeTable: the nodes of a volume that are open, found by the place of their entry; and the chains of
//   removed files that were open, from when their last holder let go until they are given back.
// Invariant: there is room to note the chain of every removed file that is still open, so letting go
//   needs no memory.
// Threads: nothing here sleeps.
#pragma once

#include "fs/fat/fat_node.h"

namespace fl::fs::fat {

class NodeTable {
 public:
  void Add(FatNode& node) { nodes_.PushBack(node); }
  void Remove(FatNode& node);
  /// Null: it is not open.
  FatNode* Find(EntryPlace place);
  /// For an entry that is opened: its place, unless a node that moved away still goes by that.
  u64 NewId(EntryPlace place);

  /// Before a file that is open is removed.
  Status ReserveOrphan() { return orphans_.Reserve(orphans_.size() + removed_open_ + 1); }
  /// It has been.
  void NoteRemoved() { ++removed_open_; }
  /// Takes one chain to be given back; 0: there is none.
  u32 TakeOrphan();

 private:
  IntrusiveList<FatNode> nodes_;
  Vector<u32> orphans_;   ///< First clusters.
  u32 removed_open_ = 0;  ///< Removed files that are still open.
  u64 generation_ = 0;
};

}  // namespace fl::fs::fat
