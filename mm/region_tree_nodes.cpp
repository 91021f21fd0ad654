// RegionNodes: balance and gaps.
// A change makes a few nodes disagree with their children; Retrace repairs one and goes up for as
// long as the repair is visible from above. So the order of several Retraces is free, and one that
// finds nothing to repair ends at once.
#include "mm/region_tree_nodes.h"

#include <utility>

#include "kernel/base/assert.h"

namespace fl::mm {
namespace {

template <class T>
T Larger(T a, T b) {
  return a > b ? a : b;
}

/// Pages beyond this could overflow when they are rounded up or added; a 32-bit space has 2^20.
constexpr VirtPage kHighestEnd(1u << 30);

}  // namespace

RegionNodes::RegionNodes(VirtPage first, VirtPage end) : first_(first), end_(end), tail_(first) {
  KASSERT(first <= end && end <= kHighestEnd);
}

RegionNodes::~RegionNodes() {
  for (Node* n = root_; n != nullptr;) {
    if (Node* below = n->child[0] != nullptr ? n->child[0] : n->child[1]) {
      n = below;
      continue;
    }
    Node* parent = n->parent;
    if (parent != nullptr) parent->child[parent->child[1] == n] = nullptr;
    delete n;
    n = parent;
  }
}

RegionNodes::Node* RegionNodes::Neighbour(const Node* node, int side) {
  if (Node* n = node->child[side]) {
    while (n->child[!side] != nullptr) n = n->child[!side];
    return n;
  }
  Node* parent = node->parent;
  while (parent != nullptr && parent->child[side] == node) {
    node = parent;
    parent = parent->parent;
  }
  return parent;
}

// ---- Gaps ---------------------------------------------------------------------------------------

/// The highest node that starts at or below `limit` with a usable gap below it; in `above_limit`
/// the first node that starts above.
RegionNodes::Node* RegionNodes::HighestGapBelow(u32 pages, VirtPage limit,
                                                Node** above_limit) const {
  // The last node seen that starts below the limit and has the gap below itself or in its left
  // subtree; whatever is found further right is higher, so the last one wins.
  Node* candidate = nullptr;
  *above_limit = nullptr;
  for (Node* n = root_; n != nullptr;) {
    if (n->start > limit) {
      *above_limit = n;
      n = n->child[0];
      continue;
    }
    if (OwnGap(n) >= pages || MaxGap(n->child[0]) >= pages) candidate = n;
    n = n->child[1];
  }
  while (candidate != nullptr && OwnGap(candidate) < pages) {
    candidate = candidate->child[0];
    while (MaxGap(candidate->child[1]) >= pages) candidate = candidate->child[1];
  }
  return candidate;
}

RegionNodes::Gap RegionNodes::FindGap(u32 pages, Placement placement, VirtPage limit) const {
  if (limit > end_) limit = end_;
  if (placement == Placement::kHighest) {
    const auto top_of = [pages](VirtPage gap_end, Node* above) {
      return Gap{true, VirtPage(AlignDown(gap_end.value - pages, kPagesPerGranule)), above};
    };
    if (UsableGap(tail_, limit) >= pages) return top_of(limit, nullptr);
    Node* above_limit;
    Node* found = HighestGapBelow(pages, limit, &above_limit);
    if (above_limit != nullptr && UsableGap(above_limit->before, limit) >= pages) {
      return top_of(limit, above_limit);
    }
    return found != nullptr ? top_of(found->start, found) : Gap{};
  }
  Node* above = MaxGap(root_) >= pages ? root_ : nullptr;
  while (above != nullptr) {
    if (MaxGap(above->child[0]) >= pages) {
      above = above->child[0];
    } else if (OwnGap(above) >= pages) {
      break;
    } else {
      above = above->child[1];
    }
  }
  // The lowest place of all, so if it is too high there is none.
  const VirtPage gap_start = above != nullptr ? above->before : tail_;
  if (UsableGap(gap_start, limit) < pages) return {};
  return {true, VirtPage(AlignUp(gap_start.value, kPagesPerGranule)), above};
}

// ---- Balance ------------------------------------------------------------------------------------

/// Recomputes what is derived from the children.
void RegionNodes::Refresh(Node* node) {
  const Node* left = node->child[0];
  const Node* right = node->child[1];
  node->height = u8(1 + Larger(Height(left), Height(right)));
  node->max_gap = Larger(OwnGap(node), Larger(MaxGap(left), MaxGap(right)));
}

/// Puts `by` (or nothing) where `node` hangs.
void RegionNodes::Replace(Node* node, Node* by) {
  Node* parent = node->parent;
  if (by != nullptr) by->parent = parent;
  if (parent == nullptr) {
    root_ = by;
  } else {
    parent->child[parent->child[1] == node] = by;
  }
}

/// Lifts the child on `side` over `node`; returns it.
RegionNodes::Node* RegionNodes::Rotate(Node* node, int side) {
  Node* lifted = node->child[side];
  Replace(node, lifted);
  node->child[side] = lifted->child[!side];
  if (node->child[side] != nullptr) node->child[side]->parent = node;
  lifted->child[!side] = node;
  node->parent = lifted;
  Refresh(node);
  Refresh(lifted);
  return lifted;
}

/// Where the child on `side` is higher by two: makes it differ by one at most; returns the new top.
RegionNodes::Node* RegionNodes::LiftHeavy(Node* node, int side) {
  Node* heavy = node->child[side];
  if (Height(heavy->child[!side]) > Height(heavy->child[side])) Rotate(heavy, !side);
  return Rotate(node, side);
}

void RegionNodes::Retrace(Node* node) {
  while (node != nullptr) {
    const Node* left = node->child[0];
    const Node* right = node->child[1];
    int left_height = 0;
    int right_height = 0;
    u32 max_gap = OwnGap(node);
    if (left != nullptr) {
      left_height = left->height;
      max_gap = Larger(max_gap, left->max_gap);
    }
    if (right != nullptr) {
      right_height = right->height;
      max_gap = Larger(max_gap, right->max_gap);
    }
    const int lean = right_height - left_height;
    if (lean < -1 || lean > 1) [[unlikely]] {
      node = LiftHeavy(node, lean > 0)->parent;
      continue;
    }
    const int height = 1 + Larger(left_height, right_height);
    if (height == node->height && max_gap == node->max_gap) return;
    node->height = u8(height);
    node->max_gap = max_gap;
    node = node->parent;
  }
}

void RegionNodes::Link(Node* node, Node* parent, int side) {
  node->child[0] = node->child[1] = nullptr;
  node->parent = parent;
  node->height = 1;
  node->max_gap = OwnGap(node);
  if (parent == nullptr) {
    root_ = node;
  } else {
    DCHECK(parent->child[side] == nullptr);
    parent->child[side] = node;
  }
  ++count_;
  Retrace(parent);
}

void RegionNodes::Unlink(Node* node) {
  --count_;
  if (node->child[0] == nullptr || node->child[1] == nullptr) {
    Replace(node, node->child[node->child[0] == nullptr]);
    Retrace(node->parent);
    return;
  }
  // The next node, which has no left child, takes this one's place.
  Node* next = Next(node);
  Node* lowest_changed = next->parent == node ? next : next->parent;
  Replace(next, next->child[1]);
  Replace(node, next);
  for (int side = 0; side < 2; ++side) {
    next->child[side] = node->child[side];
    if (next->child[side] != nullptr) next->child[side]->parent = next;
  }
  next->height = node->height;
  next->max_gap = node->max_gap;
  Retrace(lowest_changed);
  Retrace(next);
}

// ---- Changes ------------------------------------------------------------------------------------

void RegionNodes::Insert(Node* node, Node* above) {
  // Changed before the node is linked, so that the way up from there mostly repairs both.
  node->before = std::exchange(GapStart(above), node->end);
  KASSERT(node->before <= node->start && node->start < node->end);
  KASSERT(node->end <= (above != nullptr ? above->start : end_));
  // A free link beside the gap: below `above`, or above the node before it.
  Node* parent = above != nullptr ? above->child[0] : root_;
  if (parent == nullptr) {
    Link(node, above, 0);
  } else {
    while (parent->child[1] != nullptr) parent = parent->child[1];
    Link(node, parent, 1);
  }
  Retrace(above);
}

void RegionNodes::Remove(Node* node) {
  Node* above = Next(node);
  GapStart(above) = node->before;
  Unlink(node);
  Retrace(above);
}

void RegionNodes::Split(Node* node, VirtPage at, Node* fresh) {
  KASSERT(node->start < at && at < node->end);
  fresh->start = fresh->before = at;
  fresh->end = std::exchange(node->end, at);
  fresh->attributes = node->attributes;
  if (fresh->attributes.section != nullptr) fresh->attributes.section_page += at - node->start;
  Node* above = node->child[1];
  if (above == nullptr) {
    Link(fresh, node, 1);
    return;
  }
  while (above->child[0] != nullptr) above = above->child[0];
  Link(fresh, above, 0);
}

void RegionNodes::Merge(Node* node, Node* above) {
  KASSERT(node->end == above->start);
  node->end = above->end;
  Unlink(above);
}

void RegionNodes::MoveBoundary(Node* below, Node* above, VirtPage at) {
  KASSERT(below->end == above->start && below->start < at && at < above->end);
  // Unsigned arithmetic wraps, so this serves a move in either direction.
  if (above->attributes.section != nullptr) above->attributes.section_page += at - above->start;
  below->end = above->start = above->before = at;
}

void RegionNodes::CutAbove(Node* node, VirtPage at) {
  KASSERT(node->start < at && at <= node->end);
  node->end = at;
  Node* above = Next(node);
  GapStart(above) = at;
  Retrace(above);
}

void RegionNodes::CutBelow(Node* node, VirtPage at) {
  KASSERT(node->start <= at && at < node->end);
  KASSERT(node->attributes.section == nullptr);
  node->start = at;
  Retrace(node);
}

bool RegionNodes::Validate() const {
  if (root_ != nullptr && root_->parent != nullptr) return false;
  const Node* n = root_;
  while (n != nullptr && n->child[0] != nullptr) n = n->child[0];
  VirtPage before = first_;
  u32 seen = 0;
  for (; n != nullptr; n = Next(n)) {
    if (++seen > count_) return false;
    if (n->before != before || n->start < before || n->end <= n->start) return false;
    const int left = Height(n->child[0]);
    const int right = Height(n->child[1]);
    if (left - right > 1 || right - left > 1 || n->height != 1 + Larger(left, right)) return false;
    const u32 below = Larger(MaxGap(n->child[0]), MaxGap(n->child[1]));
    if (n->max_gap != Larger(OwnGap(n), below)) return false;
    for (const Node* child : n->child) {
      if (child != nullptr && child->parent != n) return false;
    }
    before = n->end;
  }
  return seen == count_ && before == tail_ && tail_ <= end_;
}

}  // namespace fl::mm
