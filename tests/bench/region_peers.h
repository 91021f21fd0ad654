// What RegionTree is measured beside: the same regions in std::map and in a Boost.Intrusive set,
// with the operations written as one would write them over an ordered container. Each does the work
// that RegionTree does for the benchmark: the same attributes, the same checks, splitting and
// merging. Neither container knows gaps, so that FindGap has to walk.
#pragma once

#include <algorithm>
#include <boost/intrusive/set.hpp>
#include <iterator>
#include <map>

#include "mm/region_tree.h"

namespace fl::mm::bench {

struct PeerRegion {
  VirtPage end;
  RegionAttributes attributes;
};

/// std::map from a region's first page.
class MapRegions {
 public:
  using Iterator = std::map<VirtPage, PeerRegion>::iterator;
  Iterator begin() { return map_.begin(); }
  Iterator end() { return map_.end(); }
  /// The first region that starts above `page`.
  Iterator Above(VirtPage page) { return map_.upper_bound(page); }
  static VirtPage Start(Iterator i) { return i->first; }
  static PeerRegion& Region(Iterator i) { return i->second; }
  Iterator InsertBefore(Iterator next, VirtPage start, const PeerRegion& region) {
    return map_.emplace_hint(next, start, region);
  }
  Iterator Erase(Iterator i) { return map_.erase(i); }

 private:
  std::map<VirtPage, PeerRegion> map_;
};

/// A Boost.Intrusive set (a red-black tree), its nodes allocated one by one as RegionTree's are.
class BoostRegions {
  struct Node : boost::intrusive::set_base_hook<boost::intrusive::optimize_size<true>> {
    VirtPage start;
    PeerRegion region;
  };
  struct KeyOf {
    using type = VirtPage;
    const VirtPage& operator()(const Node& node) const { return node.start; }
  };
  using Set = boost::intrusive::set<Node, boost::intrusive::key_of_value<KeyOf>,
                                    boost::intrusive::constant_time_size<false>>;

 public:
  using Iterator = Set::iterator;
  ~BoostRegions() { set_.clear_and_dispose(Delete); }
  Iterator begin() { return set_.begin(); }
  Iterator end() { return set_.end(); }
  Iterator Above(VirtPage page) { return set_.upper_bound(page); }
  static VirtPage Start(Iterator i) { return i->start; }
  static PeerRegion& Region(Iterator i) { return i->region; }
  Iterator InsertBefore(Iterator next, VirtPage start, const PeerRegion& region) {
    Node* node = new Node;
    node->start = start;
    node->region = region;
    return set_.insert(next, *node);
  }
  Iterator Erase(Iterator i) { return set_.erase_and_dispose(i, Delete); }

 private:
  static void Delete(Node* node) { delete node; }
  Set set_;
};

/// The operations over either. Not inlined, because RegionTree's are not.
template <class Regions>
class Peer {
 public:
  Peer(VirtPage first, VirtPage end) : first_(first), end_(end) {}

  [[gnu::noinline]] RegionInfo Find(VirtPage page) {
    const Iterator above = regions_.Above(page);
    VirtPage gap_start = first_;
    if (above != regions_.begin()) {
      const Iterator i = std::prev(above);
      const VirtPage start = Regions::Start(i);
      const PeerRegion& region = Regions::Region(i);
      if (page < region.end) return {false, {start, region.end - start}, region.attributes};
      gap_start = region.end;
    }
    const VirtPage gap_end = above != regions_.end() ? Regions::Start(above) : end_;
    return {true, {gap_start, gap_end - gap_start}, {}};
  }

  [[gnu::noinline]] Result<VirtPage> FindGap(u32 pages, Placement, VirtPage limit) {
    VirtPage gap_start = first_;
    for (Iterator i = regions_.begin();; ++i) {
      const VirtPage aligned(AlignUp(gap_start.value, kPagesPerGranule));
      const bool is_tail = i == regions_.end();
      const VirtPage gap_end = is_tail ? std::min(limit, end_) : Regions::Start(i);
      if (gap_end > aligned && gap_end - aligned >= pages) return aligned;
      if (is_tail) return Status::kNoMemory;
      gap_start = Regions::Region(i).end;
    }
  }

  [[gnu::noinline]] Result<VirtPage> Reserve(const Where& where, u32 pages, Protection protection) {
    const VirtPage at = *where.at;
    if (at < first_ || at >= end_ || pages > end_ - at) return Status::kConflictingAddresses;
    const Iterator next = regions_.Above(at);
    if (next != regions_.end() && Regions::Start(next) < at + pages) {
      return Status::kConflictingAddresses;
    }
    if (next != regions_.begin() && Regions::Region(std::prev(next)).end > at) {
      return Status::kConflictingAddresses;
    }
    PeerRegion region{at + pages, {}};
    region.attributes.allocation_base = at;
    region.attributes.allocation_protection = protection;
    regions_.InsertBefore(next, at, region);
    return at;
  }

  /// Whole regions only: the benchmark releases what it reserved.
  [[gnu::noinline]] Status Release(PageRange range) {
    const Iterator i = Holding(range.start);
    if (i == regions_.end()) return Status::kMemoryNotAllocated;
    if (Regions::Region(i).end < range.end()) return Status::kUnableToFreeVm;
    regions_.Erase(i);
    return Status::kSuccess;
  }

  [[gnu::noinline]] Status Commit(PageRange range, Protection protection) {
    return Change(range, RegionState::kCommitted, protection);
  }

  [[gnu::noinline]] Result<Protection> Protect(PageRange range, Protection protection) {
    const Iterator i = Holding(range.start);
    if (i == regions_.end()) return Status::kConflictingAddresses;
    if (Regions::Region(i).attributes.state != RegionState::kCommitted) {
      return Status::kNotCommitted;
    }
    const Protection old = Regions::Region(i).attributes.protection;
    TRY_STATUS(Change(range, RegionState::kCommitted, protection));
    return old;
  }

 private:
  using Iterator = typename Regions::Iterator;

  Iterator Holding(VirtPage page) {
    const Iterator above = regions_.Above(page);
    if (above == regions_.begin()) return regions_.end();
    const Iterator i = std::prev(above);
    return page < Regions::Region(i).end ? i : regions_.end();
  }

  /// Of a range within one region, which is all that the benchmark asks for.
  Status Change(PageRange range, RegionState state, Protection protection) {
    Iterator i = Holding(range.start);
    if (i == regions_.end() || Regions::Region(i).end < range.end()) {
      return Status::kConflictingAddresses;
    }
    PeerRegion region = Regions::Region(i);
    if (region.end > range.end()) regions_.InsertBefore(std::next(i), range.end(), region);
    if (Regions::Start(i) < range.start) {
      Regions::Region(i).end = range.start;
      region.end = range.end();
      i = regions_.InsertBefore(std::next(i), range.start, region);
    }
    Regions::Region(i).end = range.end();
    Regions::Region(i).attributes.state = state;
    Regions::Region(i).attributes.protection = protection;
    if (i != regions_.begin()) {
      const Iterator below = std::prev(i);
      if (MergeWithNext(below)) i = below;
    }
    MergeWithNext(i);
    return Status::kSuccess;
  }

  bool MergeWithNext(Iterator i) {
    const Iterator next = std::next(i);
    if (next == regions_.end()) return false;
    PeerRegion& region = Regions::Region(i);
    const RegionAttributes& a = region.attributes;
    const RegionAttributes& b = Regions::Region(next).attributes;
    if (a.allocation_base != b.allocation_base || a.state != b.state ||
        a.protection != b.protection || a.allocation_protection != b.allocation_protection ||
        a.type != b.type || a.section != b.section) {
      return false;
    }
    region.end = Regions::Region(next).end;
    regions_.Erase(next);
    return true;
  }

  VirtPage first_;
  VirtPage end_;
  Regions regions_;
};

using MapPeer = Peer<MapRegions>;
using BoostPeer = Peer<BoostRegions>;

}  // namespace fl::mm::bench
