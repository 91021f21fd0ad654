// RegionTree: NT's operations on regions, over the balanced tree of region_tree_nodes.h.
// Each has the same order: check everything (a refusal), allocate the nodes that may be needed (the
// last thing that can fail), change. An allocation is the run of neighbours with one
// allocation_base; it has no holes, because what lies above a released part becomes an allocation
// of its own.
#include "mm/region_tree.h"

#include "kernel/base/assert.h"

namespace fl::mm {
namespace {

using Node = RegionNode;

bool IsView(const Node* node) { return node->attributes.type != RegionType::kPrivate; }

bool SameAllocation(const Node* a, const Node* b) {
  return a->attributes.allocation_base == b->attributes.allocation_base;
}

bool Equal(const RegionAttributes& a, const RegionAttributes& b) {
  return a.allocation_base == b.allocation_base && a.state == b.state &&
         a.protection == b.protection && a.allocation_protection == b.allocation_protection &&
         a.type == b.type && a.section == b.section;
}

/// Whether `below`, which begins at `start`, and `above`, which begins at `boundary`, would be one
/// region. Neighbours of one allocation touch, so only the attributes count.
bool Mergeable(VirtPage start, const RegionAttributes& below, VirtPage boundary,
               const RegionAttributes& above) {
  return Equal(below, above) && (below.section == nullptr ||
                                 below.section_page + (boundary - start) == above.section_page);
}

bool Mergeable(const Node* below, const Node* above) {
  return Mergeable(below->start, below->attributes, above->start, above->attributes);
}

}  // namespace

/// The nodes that a change may need; what it did not need goes back.
class RegionTree::SpareNodes {
 public:
  SpareNodes() = default;
  SpareNodes(const SpareNodes&) = delete;
  SpareNodes& operator=(const SpareNodes&) = delete;
  ~SpareNodes() {
    while (count_ != 0) delete Take();
  }
  Status Reserve(u32 count) {
    while (count_ < count) {
      Node* node = new (std::nothrow) Node;
      if (node == nullptr) return Status::kNoMemory;
      nodes_[count_++] = node;
    }
    return Status::kSuccess;
  }
  Node* Take() {
    KASSERT(count_ != 0);
    return nodes_[--count_];
  }

 private:
  u32 count_ = 0;
  Node* nodes_[2];
};

// ---- Queries ------------------------------------------------------------------------------------

std::optional<RegionInfo> RegionTree::FindFrom(VirtPage page) const {
  const Node* node = nodes_.FirstEndingAfter(page);
  if (node == nullptr) return std::nullopt;
  return InfoOf(node);
}

RegionNode* RegionTree::FindNode(VirtPage page) const {
  Node* node = nodes_.FirstEndingAfter(page);
  return node != nullptr && node->start <= page ? node : nullptr;
}

Result<VirtPage> RegionTree::FindGap(u32 pages, Placement placement, VirtPage limit) const {
  KASSERT(pages != 0);
  const RegionNodes::Gap gap = nodes_.FindGap(pages, placement, limit);
  if (!gap.found) return Status::kNoMemory;
  return gap.start;
}

Result<PageRange> RegionTree::FindAllocation(VirtPage page) const {
  const Node* node = FindNode(page);
  if (node == nullptr) return Status::kMemoryNotAllocated;
  const VirtPage start = node->attributes.allocation_base;
  const Node* last = node;
  for (const Node* n = node; n != nullptr && SameAllocation(n, node); n = RegionNodes::Next(n)) {
    last = n;
  }
  return PageRange{start, last->end - start};
}

/// Whether the range, which starts in `first`, lies wholly in the allocation of `first`.
bool RegionTree::Spans(PageRange range, const Node* first) const {
  KASSERT(range.pages != 0);
  if (range.pages > end() - range.start) return false;
  const Node* n = first;
  while (n->end < range.end()) {
    n = RegionNodes::Next(n);
    if (n == nullptr || !SameAllocation(n, first)) return false;
  }
  return true;
}

// ---- New allocations ----------------------------------------------------------------------------

Result<RegionNodes::Gap> RegionTree::Place(const Where& where, u32 pages) const {
  KASSERT(pages != 0);
  if (!where.at) {
    const RegionNodes::Gap gap = nodes_.FindGap(pages, where.placement, where.limit);
    if (!gap.found) return Status::kNoMemory;
    return gap;
  }
  const VirtPage at = *where.at;
  KASSERT(at.value % kPagesPerGranule == 0);
  if (at < first() || at >= end() || pages > end() - at) return Status::kConflictingAddresses;
  Node* above = nodes_.FirstEndingAfter(at);
  if (above != nullptr && above->start < at + pages) return Status::kConflictingAddresses;
  return RegionNodes::Gap{true, at, above};
}

/// A linked node with an allocation base; the caller sets the other attributes.
Result<RegionNode*> RegionTree::Insert(const Where& where, u32 pages) {
  const RegionNodes::Gap gap = TRY(Place(where, pages));
  Node* node = new (std::nothrow) Node;
  if (node == nullptr) return Status::kNoMemory;
  node->start = gap.start;
  node->end = gap.start + pages;
  node->attributes.allocation_base = gap.start;
  nodes_.Insert(node, gap.above);
  return node;
}

Result<VirtPage> RegionTree::Reserve(const Where& where, u32 pages,
                                     Protection allocation_protection) {
  Node* node = TRY(Insert(where, pages));
  node->attributes.allocation_protection = allocation_protection;
  return node->start;
}

Result<VirtPage> RegionTree::MapView(const Where& where, u32 pages, Protection protection,
                                     RegionType type, Section* section, PageIndex section_page) {
  KASSERT(type != RegionType::kPrivate);
  Node* node = TRY(Insert(where, pages));
  RegionAttributes& attributes = node->attributes;
  attributes.allocation_protection = attributes.protection = protection;
  attributes.state = RegionState::kCommitted;
  attributes.type = type;
  attributes.section = section;
  attributes.section_page = section_page;
  return node->start;
}

// ---- Changes of state and protection ------------------------------------------------------------

/// Where the range is one end of `node` and becomes equal to the neighbour there, only the boundary
/// moves (a heap that commits page after page, a stack whose guard page moves down): no node comes
/// or goes.
bool RegionTree::MoveBoundary(PageRange range, Node* node, const RegionAttributes& changed) {
  if (range.start == node->start && range.end() < node->end) {
    Node* below = RegionNodes::Previous(node);
    if (below == nullptr || !Mergeable(below->start, below->attributes, range.start, changed)) {
      return false;
    }
    RegionNodes::MoveBoundary(below, node, range.end());
    return true;
  }
  if (range.end() == node->end && range.start > node->start) {
    Node* above = RegionNodes::Next(node);
    if (above == nullptr || !Mergeable(node->start, changed, above->start, above->attributes)) {
      return false;
    }
    RegionNodes::MoveBoundary(node, above, range.start);
    return true;
  }
  return false;
}

/// Sets state and protection of a range of one allocation, which starts in `first`.
Status RegionTree::SetAttributes(PageRange range, Node* first, RegionState state,
                                 Protection protection) {
  const VirtPage end = range.end();
  const auto set = [=](RegionAttributes& a) {
    a.state = state;
    a.protection = protection;
  };
  Node* last = first;
  bool has_effect = false;
  for (Node* n = first;; n = RegionNodes::Next(n)) {
    has_effect |= n->attributes.state != state || n->attributes.protection != protection;
    last = n;
    if (n->end >= end) break;
  }
  if (!has_effect) return Status::kSuccess;
  RegionAttributes changed = first->attributes;
  set(changed);
  if (first == last && MoveBoundary(range, first, changed)) return Status::kSuccess;

  SpareNodes spare;
  const bool cuts_first = first->start < range.start;
  const bool cuts_last = last->end > end;
  TRY_STATUS(spare.Reserve(u32(cuts_first) + u32(cuts_last)));
  if (cuts_last) nodes_.Split(last, end, spare.Take());
  Node* n = first;
  if (cuts_first) {
    n = spare.Take();
    nodes_.Split(first, range.start, n);
  }
  set(n->attributes);
  Node* below = RegionNodes::Previous(n);
  if (below != nullptr && Mergeable(below, n)) {
    nodes_.Merge(below, n);
    delete n;
    n = below;
  }
  // Every neighbour above is either changed too or, beyond the range, only merged.
  for (Node* above = RegionNodes::Next(n); above != nullptr; above = RegionNodes::Next(n)) {
    const bool is_inside = above->start < end;
    if (is_inside) set(above->attributes);
    if (Mergeable(n, above)) {
      nodes_.Merge(n, above);
      delete above;
    } else {
      n = above;
    }
    if (!is_inside) break;
  }
  return Status::kSuccess;
}

Result<RegionNode*> RegionTree::FindPrivate(PageRange range) const {
  Node* first = FindNode(range.start);
  if (first == nullptr || IsView(first) || !Spans(range, first)) {
    return Status::kConflictingAddresses;
  }
  return first;
}

namespace {

/// Pages of the range, which starts in `first` and has no gap, whose state is `state`.
u32 CountPages(PageRange range, const Node* first, RegionState state) {
  u32 count = 0;
  VirtPage start = range.start;
  for (const Node* n = first;; n = RegionNodes::Next(n)) {
    const VirtPage end = n->end < range.end() ? n->end : range.end();
    if (n->attributes.state == state) count += end - start;
    if (end == range.end()) return count;
    start = end;
  }
}

}  // namespace

Result<u32> RegionTree::CountUncommitted(PageRange range) const {
  const Node* first = TRY(FindPrivate(range));
  return CountPages(range, first, RegionState::kReserved);
}

Status RegionTree::Commit(PageRange range, Protection protection) {
  Node* first = TRY(FindPrivate(range));
  return SetAttributes(range, first, RegionState::kCommitted, protection);
}

Result<Protection> RegionTree::Protect(PageRange range, Protection protection) {
  Node* first = FindNode(range.start);
  if (first == nullptr || !Spans(range, first)) return Status::kConflictingAddresses;
  for (const Node* n = first;; n = RegionNodes::Next(n)) {
    if (n->attributes.state != RegionState::kCommitted) return Status::kNotCommitted;
    if (n->end >= range.end()) break;
  }
  const Protection old = first->attributes.protection;
  TRY_STATUS(SetAttributes(range, first, RegionState::kCommitted, protection));
  return old;
}

// ---- Freeing ------------------------------------------------------------------------------------

Result<RegionNode*> RegionTree::FindFreeable(PageRange range) const {
  Node* first = FindNode(range.start);
  if (first == nullptr) return Status::kMemoryNotAllocated;
  if (!Spans(range, first)) return Status::kUnableToFreeVm;
  if (IsView(first)) return Status::kUnableToDeleteSection;
  return first;
}

Result<u32> RegionTree::CountCommitted(PageRange range) const {
  const Node* first = TRY(FindFreeable(range));
  return CountPages(range, first, RegionState::kCommitted);
}

Status RegionTree::Decommit(PageRange range) {
  Node* first = TRY(FindFreeable(range));
  return SetAttributes(range, first, RegionState::kReserved, {});
}

Status RegionTree::Release(PageRange range) {
  Node* first = TRY(FindFreeable(range));
  const VirtPage end = range.end();
  const VirtPage old_base = first->attributes.allocation_base;
  Node* n = first;
  if (first->start < range.start) {
    // Only a hole within one region makes one region more.
    if (end < first->end) {
      SpareNodes spare;
      TRY_STATUS(spare.Reserve(1));
      nodes_.Split(first, end, spare.Take());
    }
    n = RegionNodes::Next(first);
    nodes_.CutAbove(first, range.start);
  }
  while (n != nullptr && n->end <= end) {
    Node* next = RegionNodes::Next(n);
    nodes_.Remove(n);
    delete n;
    n = next;
  }
  if (n != nullptr && n->start < end) nodes_.CutBelow(n, end);
  for (; n != nullptr && n->attributes.allocation_base == old_base; n = RegionNodes::Next(n)) {
    n->attributes.allocation_base = end;
  }
  return Status::kSuccess;
}

Result<PageRange> RegionTree::UnmapView(VirtPage page) {
  const Node* node = FindNode(page);
  if (node == nullptr || !IsView(node)) return Status::kNotMappedView;
  const PageRange view = TRY(FindAllocation(page));
  Node* n = FindNode(view.start);
  while (n != nullptr && n->start < view.end()) {
    Node* next = RegionNodes::Next(n);
    nodes_.Remove(n);
    delete n;
    n = next;
  }
  return view;
}

bool RegionTree::Validate() const {
  if (!nodes_.Validate()) return false;
  const Node* below = nullptr;
  for (const Node* n = nodes_.FirstEndingAfter(first()); n != nullptr; n = RegionNodes::Next(n)) {
    const RegionAttributes& a = n->attributes;
    const bool is_continued = below != nullptr && SameAllocation(below, n);
    if (is_continued ? below->end != n->start || Mergeable(below, n)
                     : a.allocation_base != n->start) {
      return false;
    }
    if (a.state == RegionState::kReserved && (IsView(n) || a.protection != Protection{})) {
      return false;
    }
    below = n;
  }
  return true;
}

}  // namespace fl::mm
