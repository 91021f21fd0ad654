// RegionTreeModel: what RegionTree promises, said in the most naive way: one record for each page,
// every operation a loop over pages, nothing allocated, balanced, split or merged. Slow and easy to
// believe.
// Invariant: a page that is not used has default attributes; a used page's section_page is its own.
#pragma once

#include <optional>
#include <vector>

#include "mm/region_tree.h"

namespace fl::mm {

inline bool operator==(const RegionAttributes& a, const RegionAttributes& b) {
  return a.allocation_base == b.allocation_base &&
         a.allocation_protection == b.allocation_protection && a.protection == b.protection &&
         a.state == b.state && a.type == b.type && a.section == b.section &&
         a.section_page == b.section_page;
}

inline bool operator==(const RegionInfo& a, const RegionInfo& b) {
  return a.free == b.free && a.range == b.range && (a.free || a.attributes == b.attributes);
}

namespace test {

class RegionTreeModel {
 public:
  RegionTreeModel(VirtPage first, VirtPage end) : first_(first), end_(end), pages_(end - first) {}

  RegionInfo Find(VirtPage page) const {
    VirtPage start = page;
    while (start > first_ && Continues(start - 1)) --start.value;
    VirtPage end = page + 1;
    while (end < end_ && Continues(end - 1)) ++end;
    const Page& lowest = At(start);
    return {!lowest.used, {start, end - start}, lowest.attributes};
  }

  std::optional<RegionInfo> FindFrom(VirtPage page) const {
    for (VirtPage p = page < first_ ? first_ : page; p < end_; ++p) {
      if (At(p).used) return Find(p);
    }
    return std::nullopt;
  }

  u32 CountRegions() const {
    u32 count = 0;
    for (VirtPage p = first_; p < end_; ++p) {
      if (At(p).used && (p == first_ || !Continues(p - 1))) ++count;
    }
    return count;
  }

  Result<VirtPage> FindGap(u32 pages, Placement placement, VirtPage limit) const {
    if (limit > end_) limit = end_;
    std::optional<VirtPage> found;
    for (u32 start = AlignUp(first_.value, kPagesPerGranule); start < limit.value;
         start += kPagesPerGranule) {
      if (pages > limit.value - start || !IsFree(VirtPage(start), pages)) continue;
      found = VirtPage(start);
      if (placement == Placement::kLowest) break;
    }
    if (!found) return Status::kNoMemory;
    return *found;
  }

  Result<PageRange> FindAllocation(VirtPage page) const {
    if (!IsUsed(page)) return Status::kMemoryNotAllocated;
    const VirtPage base = At(page).attributes.allocation_base;
    u32 pages = 0;
    for (const Page& p : pages_) pages += p.used && p.attributes.allocation_base == base;
    return PageRange{base, pages};
  }

  Result<VirtPage> Reserve(const Where& where, u32 pages, Protection protection) {
    Page page{.used = true};
    page.attributes.allocation_protection = protection;
    return Allocate(where, pages, page);
  }

  Result<VirtPage> MapView(const Where& where, u32 pages, Protection protection, RegionType type,
                           Section* section, PageIndex section_page) {
    Page page{.used = true};
    page.attributes.allocation_protection = page.attributes.protection = protection;
    page.attributes.state = RegionState::kCommitted;
    page.attributes.type = type;
    page.attributes.section = section;
    page.attributes.section_page = section_page;
    return Allocate(where, pages, page);
  }

  Result<u32> CountUncommitted(PageRange range) const {
    if (!IsOneAllocation(range) || IsView(range.start)) return Status::kConflictingAddresses;
    return Count(range, RegionState::kReserved);
  }

  Status Commit(PageRange range, Protection protection) {
    if (const auto count = CountUncommitted(range); !count) return count.error();
    Set(range, RegionState::kCommitted, protection);
    return Status::kSuccess;
  }

  Result<u32> CountCommitted(PageRange range) const {
    if (!IsUsed(range.start)) return Status::kMemoryNotAllocated;
    if (!IsOneAllocation(range)) return Status::kUnableToFreeVm;
    if (IsView(range.start)) return Status::kUnableToDeleteSection;
    return Count(range, RegionState::kCommitted);
  }

  Status Decommit(PageRange range) {
    if (const auto count = CountCommitted(range); !count) return count.error();
    Set(range, RegionState::kReserved, {});
    return Status::kSuccess;
  }

  Status Release(PageRange range) {
    if (const auto count = CountCommitted(range); !count) return count.error();
    const VirtPage base = At(range.start).attributes.allocation_base;
    for (u32 i = 0; i < range.pages; ++i) At(range.start + i) = {};
    for (VirtPage p = range.end(); p < end_; ++p) {
      if (At(p).used && At(p).attributes.allocation_base == base) {
        At(p).attributes.allocation_base = range.end();
      }
    }
    return Status::kSuccess;
  }

  Result<Protection> Protect(PageRange range, Protection protection) {
    if (!IsUsed(range.start) || !IsOneAllocation(range)) return Status::kConflictingAddresses;
    if (Count(range, RegionState::kReserved) != 0) return Status::kNotCommitted;
    const Protection old = At(range.start).attributes.protection;
    Set(range, RegionState::kCommitted, protection);
    return old;
  }

  Result<PageRange> UnmapView(VirtPage page) {
    if (!IsUsed(page) || !IsView(page)) return Status::kNotMappedView;
    const PageRange view = *FindAllocation(page);
    for (u32 i = 0; i < view.pages; ++i) At(view.start + i) = {};
    return view;
  }

 private:
  struct Page {
    bool used = false;
    RegionAttributes attributes = {};
  };

  const Page& At(VirtPage page) const { return pages_.at(page - first_); }
  Page& At(VirtPage page) { return pages_.at(page - first_); }
  bool IsInside(VirtPage page) const { return page >= first_ && page < end_; }
  bool IsUsed(VirtPage page) const { return IsInside(page) && At(page).used; }
  bool IsView(VirtPage page) const { return At(page).attributes.type != RegionType::kPrivate; }

  /// Whether `page` and the one above it belong to one region or to one gap.
  bool Continues(VirtPage page) const {
    Page expected = At(page);
    if (expected.attributes.section != nullptr) ++expected.attributes.section_page;
    const Page& above = At(page + 1);
    return expected.used == above.used && expected.attributes == above.attributes;
  }

  bool IsFree(VirtPage start, u32 pages) const {
    if (!IsInside(start) || pages > end_ - start) return false;
    for (u32 i = 0; i < pages; ++i) {
      if (At(start + i).used) return false;
    }
    return true;
  }

  bool IsOneAllocation(PageRange range) const {
    if (!IsUsed(range.start) || range.pages > end_ - range.start) return false;
    for (u32 i = 1; i < range.pages; ++i) {
      const Page& page = At(range.start + i);
      if (!page.used ||
          page.attributes.allocation_base != At(range.start).attributes.allocation_base) {
        return false;
      }
    }
    return true;
  }

  u32 Count(PageRange range, RegionState state) const {
    u32 count = 0;
    for (u32 i = 0; i < range.pages; ++i) count += At(range.start + i).attributes.state == state;
    return count;
  }

  void Set(PageRange range, RegionState state, Protection protection) {
    for (u32 i = 0; i < range.pages; ++i) {
      At(range.start + i).attributes.state = state;
      At(range.start + i).attributes.protection = protection;
    }
  }

  Result<VirtPage> Allocate(const Where& where, u32 pages, Page page) {
    if (where.at && !IsFree(*where.at, pages)) return Status::kConflictingAddresses;
    const VirtPage start = where.at ? *where.at : TRY(FindGap(pages, where.placement, where.limit));
    page.attributes.allocation_base = start;
    for (u32 i = 0; i < pages; ++i) {
      At(start + i) = page;
      if (page.attributes.section != nullptr) ++page.attributes.section_page;
    }
    return start;
  }

  VirtPage first_;
  VirtPage end_;
  std::vector<Page> pages_;
};

}  // namespace test
}  // namespace fl::mm
