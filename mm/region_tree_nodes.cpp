// RegionNodes: balance and gaps.
// Gaps: a change makes a few nodes disagree with their children; RetraceGaps repairs one and goes
// up for as long as the repair is visible from above. So the order of several calls is free, and
// one that finds nothing to repair ends at once. Gaps are repaired before the tree is balanced:
// lifting a node relies on the gaps around it, and leaves the largest gap of the whole subtree as
// it was.
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

/// The largest gap of the subtree, from the children's.
u32 RegionNodes::GapBelow(const Node* node) {
  return Larger(OwnGap(node), Larger(MaxGap(node->child[0]), MaxGap(node->child[1])));
}

void RegionNodes::RetraceGaps(Node* node) {
  for (; node != nullptr; node = node->parent) {
    const u32 max_gap = GapBelow(node);
    if (max_gap == node->max_gap) return;
    node->max_gap = max_gap;
  }
}

// ---- Balance ------------------------------------------------------------------------------------

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

/// Lifts the child on `side` over `node`; the leans are the caller's.
void RegionNodes::Lift(Node* node, int side) {
  Node* lifted = node->child[side];
  Replace(node, lifted);
  node->child[side] = lifted->child[!side];
  if (node->child[side] != nullptr) node->child[side]->parent = node;
  lifted->child[!side] = node;
  node->parent = lifted;
  lifted->max_gap = node->max_gap;
  node->max_gap = GapBelow(node);
}

/// Where the child on `side` is higher by two: restores the balance and returns the new top. The
/// subtree is one lower than before, unless the top leans.
RegionNodes::Node* RegionNodes::LiftHeavy(Node* node, int side) {
  const auto lean = static_cast<signed char>(side != 0 ? 1 : -1);
  const auto other = static_cast<signed char>(-lean);
  Node* heavy = node->child[side];
  if (heavy->lean != other) {
    Lift(node, side);
    const bool was_even = heavy->lean == 0;
    node->lean = was_even ? lean : 0;
    heavy->lean = was_even ? other : 0;
    return heavy;
  }
  Node* middle = heavy->child[!side];
  Lift(heavy, !side);
  Lift(node, side);
  node->lean = middle->lean == lean ? other : 0;
  heavy->lean = middle->lean == other ? lean : 0;
  middle->lean = 0;
  return middle;
}

/// The subtree of `node` on `side` has become one higher.
void RegionNodes::Grown(Node* node, int side) {
  while (node != nullptr) {
    node->lean += side != 0 ? 1 : -1;
    if (node->lean == 0) return;
    if (node->lean != 1 && node->lean != -1) {
      LiftHeavy(node, side);
      return;
    }
    if (node->parent == nullptr) return;
    side = node->parent->child[1] == node;
    node = node->parent;
  }
}

/// The subtree of `node` on `side` has become one lower.
void RegionNodes::Shrunk(Node* node, int side) {
  while (node != nullptr) {
    node->lean += side != 0 ? -1 : 1;
    if (node->lean == 1 || node->lean == -1) return;
    if (node->lean != 0) {
      node = LiftHeavy(node, !side);
      if (node->lean != 0) return;
    }
    if (node->parent == nullptr) return;
    side = node->parent->child[1] == node;
    node = node->parent;
  }
}

/// Links a leaf; gaps and balance of the nodes above are the caller's.
void RegionNodes::Link(Node* node, Node* parent, int side) {
  node->child[0] = node->child[1] = nullptr;
  node->parent = parent;
  node->lean = 0;
  node->max_gap = OwnGap(node);
  ++count_;
  if (parent == nullptr) {
    root_ = node;
    return;
  }
  DCHECK(parent->child[side] == nullptr);
  parent->child[side] = node;
}

/// `above` is the node whose gap has changed with this, if any.
void RegionNodes::Unlink(Node* node, Node* above) {
  --count_;
  if (recent_ == node) recent_ = nullptr;
  Node* lowest = node->parent;
  int side = lowest != nullptr && lowest->child[1] == node;
  if (node->child[0] == nullptr || node->child[1] == nullptr) {
    Replace(node, node->child[node->child[0] == nullptr]);
    RetraceGaps(lowest);
  } else {
    // The next node, which has no left child, takes this one's place.
    Node* next = Next(node);
    side = next->parent == node;
    lowest = side != 0 ? next : next->parent;
    Replace(next, next->child[1]);
    Replace(node, next);
    for (int i = 0; i < 2; ++i) {
      next->child[i] = node->child[i];
      if (next->child[i] != nullptr) next->child[i]->parent = next;
    }
    next->lean = node->lean;
    next->max_gap = node->max_gap;
    RetraceGaps(lowest);
    RetraceGaps(next);
  }
  RetraceGaps(above);
  Shrunk(lowest, side);
}

// ---- Changes ------------------------------------------------------------------------------------

void RegionNodes::Insert(Node* node, Node* above) {
  // Changed before the node is linked, so that the way up from there mostly repairs both.
  node->before = std::exchange(GapStart(above), node->end);
  KASSERT(node->before <= node->start && node->start < node->end);
  KASSERT(node->end <= (above != nullptr ? above->start : end_));
  // A free link beside the gap: below `above`, or above the node before it.
  Node* parent = above != nullptr ? above->child[0] : root_;
  const int side = parent != nullptr;
  if (parent == nullptr) {
    parent = above;
  } else {
    while (parent->child[1] != nullptr) parent = parent->child[1];
  }
  Link(node, parent, side);
  RetraceGaps(parent);
  RetraceGaps(above);
  Grown(parent, side);
}

void RegionNodes::Remove(Node* node) {
  Node* above = Next(node);
  GapStart(above) = node->before;
  Unlink(node, above);
}

void RegionNodes::Split(Node* node, VirtPage at, Node* fresh) {
  KASSERT(node->start < at && at < node->end);
  fresh->start = fresh->before = at;
  fresh->end = std::exchange(node->end, at);
  fresh->attributes = node->attributes;
  if (fresh->attributes.section != nullptr) fresh->attributes.section_page += at - node->start;
  Node* parent = node;
  const int side = node->child[1] == nullptr;
  if (side == 0) {
    parent = node->child[1];
    while (parent->child[0] != nullptr) parent = parent->child[0];
  }
  // There is no gap below it to tell the nodes above of.
  Link(fresh, parent, side);
  Grown(parent, side);
}

void RegionNodes::Merge(Node* node, Node* above) {
  KASSERT(node->end == above->start);
  node->end = above->end;
  Unlink(above, nullptr);
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
  RetraceGaps(above);
}

void RegionNodes::CutBelow(Node* node, VirtPage at) {
  KASSERT(node->start <= at && at < node->end);
  KASSERT(node->attributes.section == nullptr);
  node->start = at;
  RetraceGaps(node);
}

/// The height of a subtree, or -1 if a lean in it is wrong. As deep as the tree is high.
int RegionNodes::CheckedHeight(const Node* node) {
  if (node == nullptr) return 0;
  const int left = CheckedHeight(node->child[0]);
  const int right = CheckedHeight(node->child[1]);
  if (left < 0 || right < 0 || right - left != node->lean) return -1;
  if (node->lean < -1 || node->lean > 1) return -1;
  return 1 + Larger(left, right);
}

bool RegionNodes::Validate() const {
  if (root_ != nullptr && root_->parent != nullptr) return false;
  if (CheckedHeight(root_) < 0) return false;
  const Node* n = root_;
  while (n != nullptr && n->child[0] != nullptr) n = n->child[0];
  VirtPage before = first_;
  u32 seen = 0;
  bool has_recent = recent_ == nullptr;
  for (; n != nullptr; n = Next(n)) {
    if (++seen > count_) return false;
    if (n->before != before || n->start < before || n->end <= n->start) return false;
    if (n->max_gap != GapBelow(n)) return false;
    for (const Node* child : n->child) {
      if (child != nullptr && child->parent != n) return false;
    }
    has_recent |= n == recent_;
    before = n->end;
  }
  return seen == count_ && has_recent && before == tail_ && tail_ <= end_;
}

}  // namespace fl::mm
