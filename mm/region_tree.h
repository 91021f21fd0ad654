// RegionTree: the regions of one address space, ordered by address, and the gaps between them.
// Owns:        its nodes. Knows nothing of frames, page tables, files or threads.
// Shape:       a balanced tree, augmented with the largest usable gap below each node, so that
//              find, find-gap (64 KiB aligned, lowest or highest), insert, split and merge are
//              O(log n); see region_tree_nodes.h.
// Invariants:  regions do not overlap and lie within [first, end); neighbours of one allocation
//              with equal attributes are merged; an operation that fails has changed nothing (nodes
//              that it may need are allocated before anything changes). Freeing whole regions and
//              unmapping need no node.
// Locks:       none of its own; the owning AddressSpace guards it, queries too: they note the
//              region found last.
// Semantics:   NtAllocateVirtualMemory, NtFreeVirtualMemory, NtProtectVirtualMemory,
//              NtMapViewOfSection, NtUnmapViewOfSection, NtQueryVirtualMemory (Microsoft Learn;
//              [MS-ERREF] for the codes).
#pragma once

#include <optional>

#include "kernel/base/result.h"
#include "mm/region.h"
#include "mm/region_tree_nodes.h"

namespace fl::mm {

struct PageRange {
  VirtPage start;
  u32 pages = 0;
  constexpr VirtPage end() const { return start + pages; }
  constexpr bool Contains(VirtPage page) const { return page >= start && page - start < pages; }
  constexpr bool operator==(const PageRange&) const = default;
};

/// A region, or (free == true) a gap with only `range` meaningful.
struct RegionInfo {
  bool free = true;
  PageRange range;
  RegionAttributes attributes;
};

/// Where a new allocation may go. A fixed `at` is in pages and a multiple of kPagesPerGranule;
/// placement and limit count only without it, as ZeroBits does.
struct Where {
  std::optional<VirtPage> at;
  Placement placement = Placement::kLowest;
  VirtPage limit{~0u};  ///< The allocation must end at or below this page (ZeroBits).
};

class RegionTree {
 public:
  /// Manages the pages [first, end).
  RegionTree(VirtPage first, VirtPage end) : nodes_(first, end) {}
  RegionTree(const RegionTree&) = delete;
  RegionTree& operator=(const RegionTree&) = delete;

  VirtPage first() const { return nodes_.first(); }
  VirtPage end() const { return nodes_.end(); }
  u32 region_count() const { return nodes_.count(); }

  /// The region that holds `page`, or the gap around it. `page` lies in [first, end). The hot path
  /// of every fault.
  RegionInfo Find(VirtPage page) const;
  /// The first region that ends after `page` (it may start after it); nullopt if there is none.
  /// For walks:
  ///   for (auto r = tree.FindFrom(p); r && r->range.start < end;
  ///        r = tree.FindFrom(r->range.end()))
  std::optional<RegionInfo> FindFrom(VirtPage page) const;
  /// A free run of `pages` whose start is granule-aligned. kNoMemory if there is none.
  Result<VirtPage> FindGap(u32 pages, Placement placement, VirtPage limit) const;
  /// The whole allocation or view that `page` belongs to, however it was cut; kMemoryNotAllocated
  /// if free.
  Result<PageRange> FindAllocation(VirtPage page) const;

  /// A new private allocation, all of it reserved. kConflictingAddresses if `at` is taken or
  /// outside, kNoMemory if no gap (or no memory for a node). pages != 0.
  Result<VirtPage> Reserve(const Where& where, u32 pages, Protection allocation_protection);
  /// A new view, all of it committed. Same failures.
  Result<VirtPage> MapView(const Where& where, u32 pages, Protection protection, RegionType type,
                           Section* section, PageIndex section_page);
  /// Pages of the range that Commit would newly commit. kConflictingAddresses if the range is not
  /// wholly inside one private allocation.
  Result<u32> CountUncommitted(PageRange range) const;
  /// Commits reserved pages and gives all of the range the protection. Same failures, and
  /// kNoMemory.
  Status Commit(PageRange range, Protection protection);
  /// Pages of the range that are committed. kMemoryNotAllocated if its start is free,
  /// kUnableToFreeVm if it leaves its allocation, kUnableToDeleteSection if it is a view.
  Result<u32> CountCommitted(PageRange range) const;
  /// Committed pages become reserved; reserved ones stay. Fails like CountCommitted, and kNoMemory.
  Status Decommit(PageRange range);
  /// The range becomes free; a cut in the middle leaves two allocations, of which the upper gets
  /// its own start as allocation base. Fails like Decommit.
  Status Release(PageRange range);
  /// Sets the protection of committed pages, all of one allocation or view (kConflictingAddresses
  /// if not, or if free; kNotCommitted if any page is only reserved). Returns the first page's old
  /// protection.
  Result<Protection> Protect(PageRange range, Protection protection);
  /// Removes the view that `page` lies in and returns its whole range. kNotMappedView if it is no
  /// view.
  Result<PageRange> UnmapView(VirtPage page);

  /// Checks order, balance, gaps and merging of the whole tree; for tests and debug builds.
  bool Validate() const;

 private:
  using Node = RegionNode;
  class SpareNodes;

  static RegionInfo InfoOf(const Node* node) {
    return {false, {node->start, node->end - node->start}, node->attributes};
  }
  Node* FindNode(VirtPage page) const;
  bool Spans(PageRange range, const Node* first) const;
  Result<Node*> FindPrivate(PageRange range) const;
  Result<Node*> FindFreeable(PageRange range) const;
  Result<RegionNodes::Gap> Place(const Where& where, u32 pages) const;
  Result<Node*> Insert(const Where& where, u32 pages);
  Status SetAttributes(PageRange range, Node* first, RegionState state, Protection protection);
  bool MoveBoundary(PageRange range, Node* node, const RegionAttributes& changed);

  RegionNodes nodes_;
};

inline RegionInfo RegionTree::Find(VirtPage page) const {
  const Node* node = nodes_.FirstEndingAfter(page);
  if (node != nullptr && node->start <= page) [[likely]]
    return InfoOf(node);
  KASSERT(page >= first() && page < end());
  const VirtPage gap_start = node != nullptr ? node->before : nodes_.tail();
  const VirtPage gap_end = node != nullptr ? node->start : end();
  return {true, {gap_start, gap_end - gap_start}, {}};
}

}  // namespace fl::mm
