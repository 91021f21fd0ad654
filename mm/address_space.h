// AddressSpace: the regions of one process, or of the system, and the pages that are present in them.
// Owns:        its region tree, the private frames that its entries hold, one reference for each view, and
//              the commit charge of both.
// Invariants:  a charge is held for each committed private page, for each page of a view that is write-copy
//              by protection, for each other private copy, and for each page table that committed memory can
//              need. An entry is writable only if its frame is private to this space, or writes to it are
//              shared (CopiesOnWrite). A call that fails has changed nothing.
// Locks:       none: nothing here sleeps; the reads happen in Section, between two looks at the tree.
// Semantics:   NtAllocateVirtualMemory and its kin (Microsoft Learn); the kernel's system calls only fetch
//              and store the arguments.
#pragma once

#include "mm/mmu.h"
#include "mm/page_table_promise.h"
#include "mm/region_tree.h"
#include "mm/section.h"

namespace fl::mm {

inline constexpr u32 kMemCommit = 0x1000;
inline constexpr u32 kMemReserve = 0x2000;
inline constexpr u32 kMemDecommit = 0x4000;
inline constexpr u32 kMemRelease = 0x8000;
inline constexpr u32 kMemFree = 0x10000;
inline constexpr u32 kMemPrivate = 0x20000;
inline constexpr u32 kMemMapped = 0x40000;
inline constexpr u32 kMemReset = 0x80000;
inline constexpr u32 kMemTopDown = 0x100000;
inline constexpr u32 kMemImage = 0x1000000;

struct AllocateRequest {
  VirtAddr base;  ///< 0: anywhere.
  u32 size = 0;   ///< Bytes.
  u32 type = 0;   ///< MEM_*.
  Protection protection;
  u32 zero_bits = 0;  ///< How many high bits of the address must be zero; 0 for no wish.
};

/// What a memory call did, rounded to pages.
struct ByteRange {
  VirtAddr base;
  u32 size = 0;
};

struct ProtectResult {
  ByteRange range;
  Protection old;  ///< Of the first page.
};

struct ViewRequest {
  VirtAddr base;  ///< 0: anywhere.
  u64 offset = 0;
  u32 size = 0;  ///< Bytes; 0: to the section's end.
  Protection protection;
  Placement placement = Placement::kLowest;
  u32 zero_bits = 0;
};

/// MEMORY_BASIC_INFORMATION.
struct MemoryInformation {
  VirtAddr base;
  VirtAddr allocation_base;
  Protection allocation_protection;
  u32 size = 0;
  u32 state = 0;
  Protection protection;
  u32 type = 0;
};

enum class SpaceKind : u8 { kUser, kSystem };

class AddressSpace {
 public:
  AddressSpace(Pager& pager, Mmu& mmu, VirtPage first, VirtPage end, SpaceKind kind);
  /// Everything is unmapped and given back.
  ~AddressSpace();
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  Result<ByteRange> Allocate(const AllocateRequest& request);
  /// `size` 0 with the allocation's base: all of it. `type`: kMemDecommit or kMemRelease.
  Result<ByteRange> Free(VirtAddr base, u32 size, u32 type);
  Result<ProtectResult> Protect(VirtAddr base, u32 size, Protection protection);
  /// kInvalidParameter for addresses above the space; below it everything is free.
  Result<MemoryInformation> Query(VirtAddr address) const;
  Result<ByteRange> MapView(Section& section, const ViewRequest& request);
  /// Any address within the view. kNotMappedView.
  Status UnmapView(VirtAddr address);
  /// Gives back everything.
  void Clear();

  /// The view's section at `address`, or null.
  Section* FindSection(VirtAddr address) const;
  bool Contains(VirtAddr address) const {
    return PageOf(address) >= tree_.first() && PageOf(address) < tree_.end();
  }
  const RegionTree& regions() const { return tree_; }
  Mmu& mmu() { return mmu_; }
  Pager& pager() { return pager_; }
  u32 private_pages() const { return private_pages_; }
  u32 private_pages_peak() const { return private_pages_peak_; }
  u32 committed_pages() const { return charged_pages_; }

  // The fault path's side of it.

  /// What the tree and the entry say of one page.
  struct PageState {
    RegionInfo region;
    Pte pte;
    bool is_private = false;  ///< The entry's frame is this space's own.
  };
  PageState Look(VirtPage page) const {
    PageState state{tree_.Find(page), mmu_.Query(page), false};
    state.is_private = IsPrivate(state.pte);
    return state;
  }
  static PageIndex SectionPageOf(const RegionInfo& region, VirtPage page) {
    return region.attributes.section_page + (page - region.range.start);
  }
  /// Would a write make a private copy of this view's page?
  static bool CopiesOnWrite(const RegionInfo& region, VirtPage page);
  /// How many pages from `page` on, at most `most`, can be written to, are private, and were never touched:
  /// whoever reads them finds zeros.
  u32 UntouchedPages(VirtPage page, u32 most) const;
  /// Gives a private page without entry a frame full of zeros.
  Status MapZeroPage(VirtPage page, const RegionInfo& region);
  /// Maps the section's present page.
  Status MapSectionPage(VirtPage page, const RegionInfo& region);
  /// The same for a page of a file that is written through the view: the section is told.
  Status MapForWrite(VirtPage page, const PageState& state);
  /// Maps what is present of the section around a page that was just mapped: no fault is needed for those.
  void MapNeighbours(VirtPage page, const RegionInfo& region);
  /// Replaces the section's page by a private copy; it is present, or untouched and all zero.
  /// Never inlined: the place for a breakpoint (tools/gdb).
  [[gnu::noinline]] Status MapPrivateCopy(VirtPage page, const PageState& state);
  /// The guard has served: the page is an ordinary one from now on.
  Status ClearGuard(VirtPage page, const RegionInfo& region);

 private:
  Result<PageRange> AllocatedRange(VirtAddr base, u32 size, Status invalid_size) const;
  Result<ByteRange> Commit(PageRange range, Protection protection);
  Status Charge(PageRange range, u32 pages);
  void Uncharge(PageRange range, u32 pages);
  u32 ChargedPages(PageRange range) const;
  u32 PrivatePages(PageRange range) const;
  void DropPages(PageRange range, Section* section, VirtPage view_start, PageIndex view_page);
  void DropPage(VirtPage page, Section* section, PageIndex index);
  bool IsPrivate(const Pte& pte) const {
    return pte.resident && pager_.frames.frame(pte.pfn).use == FrameUse::kPrivate;
  }
  Result<Pfn> CopyOf(Pfn original);
  static bool IsWrittenInPlace(const RegionInfo& region, VirtPage page);
  static PteAccess AccessFor(const RegionInfo& region, VirtPage page, bool is_private);
  void CountPrivatePage(i32 change);
  VirtPage EndOfEqualPages(VirtPage page, RegionInfo region, Protection shown) const;
  Result<VirtPage> LimitFor(u32 zero_bits, Status invalid) const;

  Pager& pager_;
  Mmu& mmu_;
  RegionTree tree_;
  const SpaceKind kind_;
  PageTablePromise tables_;
  u32 charged_pages_ = 0;
  u32 private_pages_ = 0;
  u32 private_pages_peak_ = 0;
};

}  // namespace fl::mm
