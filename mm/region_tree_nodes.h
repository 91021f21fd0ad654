// RegionNodes: the balanced tree below RegionTree. It knows order, balance and gaps, nothing of NT.
// Owns:        the nodes that are linked in it; a removed node is the caller's again.
// Shape:       an AVL tree ordered by address, with parent links, so that no walk needs a stack.
// Invariants:  regions do not overlap and lie within [first, end); a node's `before` is where the
//              gap below it begins (the end of the region before it, or `first`); `tail_` is where
//              the gap above the last region begins; `max_gap` is the largest usable gap below any
//              region of the subtree; heights of siblings differ by at most one; `recent_`, the
//              region found last, is linked.
// Cost:        O(log n) each; a split, a merge or a moved boundary changes no gap, and its repair
//              mostly stops at once.
#pragma once

#include <new>

#include "mm/region.h"

namespace fl::mm {

enum class Placement : u8 { kLowest, kHighest };

/// What Find reads is together, and in the order in which it reads it.
struct RegionNode {
  VirtPage start;
  VirtPage end;
  RegionNode* child[2] = {};
  RegionAttributes attributes;
  RegionNode* parent = nullptr;
  VirtPage before;
  u32 max_gap = 0;
  signed char lean = 0;  ///< The right child's height less the left one's: -1, 0 or 1.
};

class RegionNodes {
 public:
  using Node = RegionNode;

  RegionNodes(VirtPage first, VirtPage end);
  ~RegionNodes();
  RegionNodes(const RegionNodes&) = delete;
  RegionNodes& operator=(const RegionNodes&) = delete;

  VirtPage first() const { return first_; }
  VirtPage end() const { return end_; }
  VirtPage tail() const { return tail_; }
  u32 count() const { return count_; }

  /// The node that holds `page`, or the first above it; nullptr if `page` is in the tail. Asked
  /// several times about one page in a fault, and about its neighbours in the next, so that the
  /// last answer is tried first.
  Node* FirstEndingAfter(VirtPage page) const {
    if (recent_ != nullptr && Holds(recent_, page)) return recent_;
    Node* above = nullptr;
    for (Node* n = root_; n != nullptr;) {
      if (page < n->start) {
        above = n;
        n = n->child[0];
      } else if (page >= n->end) {
        n = n->child[1];
      } else {
        recent_ = n;
        return n;
      }
    }
    return above;
  }
  static Node* Next(const Node* node) { return Neighbour(node, 1); }
  static Node* Previous(const Node* node) { return Neighbour(node, 0); }

  struct Gap {
    bool found = false;
    VirtPage start;
    Node* above = nullptr;  ///< The node that ends the gap; nullptr for the tail.
  };
  /// Where `pages` fit, from a granule's start, ending at or below `limit`.
  Gap FindGap(u32 pages, Placement placement, VirtPage limit) const;

  /// Links a node whose start, end and attributes are set; its range is in the gap below `above`.
  void Insert(Node* node, Node* above);
  /// Unlinks; the range becomes part of a gap.
  void Remove(Node* node);
  /// `node` keeps what is below `at`; `fresh` becomes the rest, with the same attributes.
  void Split(Node* node, VirtPage at, Node* fresh);
  /// `node` takes over the range of its neighbour `above`, which is unlinked.
  void Merge(Node* node, Node* above);
  /// Moves the boundary between two neighbours without a gap; neither becomes empty.
  static void MoveBoundary(Node* below, Node* above, VirtPage at);
  /// Gives up the pages of `node` from `at` on, or up to `at`. Views are never cut.
  void CutAbove(Node* node, VirtPage at);
  void CutBelow(Node* node, VirtPage at);

  /// Order, bounds, links, balance and gaps of every node.
  bool Validate() const;

 private:
  static Node* Neighbour(const Node* node, int side);
  static bool Holds(const Node* node, VirtPage page) {
    return page - node->start < node->end - node->start;
  }
  static u32 MaxGap(const Node* node) { return node != nullptr ? node->max_gap : 0; }
  static u32 UsableGap(VirtPage from, VirtPage to) {
    const VirtPage start(AlignUp(from.value, kPagesPerGranule));
    return to > start ? to - start : 0;
  }
  static u32 OwnGap(const Node* node) { return UsableGap(node->before, node->start); }
  static u32 GapBelow(const Node* node);
  static void RetraceGaps(Node* node);
  static int CheckedHeight(const Node* node);
  Node* HighestGapBelow(u32 pages, VirtPage limit, Node** above_limit) const;
  void Replace(Node* node, Node* by);
  void Lift(Node* node, int side);
  Node* LiftHeavy(Node* node, int side);
  void Grown(Node* node, int side);
  void Shrunk(Node* node, int side);
  void Link(Node* node, Node* parent, int side);
  void Unlink(Node* node, Node* above);
  VirtPage& GapStart(Node* above) { return above != nullptr ? above->before : tail_; }

  VirtPage first_;
  VirtPage end_;
  VirtPage tail_;
  u32 count_ = 0;
  Node* root_ = nullptr;
  mutable Node* recent_ = nullptr;
};

}  // namespace fl::mm
