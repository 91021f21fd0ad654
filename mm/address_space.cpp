// AddressSpace: allocation, freeing, protection, query. The order in every call is the same: check and
// count (nothing changes), charge (undone by its destructor), change the tree (the last thing that can
// fail), then the entries.
#include "mm/address_space.h"

namespace fl::mm {
namespace {

constexpr u32 kMaxZeroBits = 21;

PageRange RangeOf(VirtAddr base, u32 size) {
  const VirtPage start = PageOf(base);
  return {start, PageOf(VirtAddr(base.value + (size - 1))) - start + 1};
}

ByteRange BytesOf(PageRange range) { return {AddressOf(range.start), range.pages << kPageShift}; }

Protection ToWriteCopy(Protection p) {
  if (p.Base() == kPageReadWrite) return {(p.bits & ~0xFFu) | kPageWriteCopy.bits};
  if (p.Base() == kPageExecuteReadWrite) return {(p.bits & ~0xFFu) | kPageExecuteWriteCopy.bits};
  return p;
}

Protection ToReadWrite(Protection p) {
  if (p.Base() == kPageWriteCopy) return {(p.bits & ~0xFFu) | kPageReadWrite.bits};
  if (p.Base() == kPageExecuteWriteCopy) return {(p.bits & ~0xFFu) | kPageExecuteReadWrite.bits};
  return p;
}

/// What programs are shown for a page of a view: NT names a page that was written plainly writable.
Protection Shown(const RegionInfo& region, VirtPage page, bool is_private) {
  const Protection p = region.attributes.protection;
  if (!region.attributes.section || !p.WriteCopy()) return p;
  return is_private || !AddressSpace::CopiesOnWrite(region, page) ? ToReadWrite(p) : p;
}

}  // namespace

AddressSpace::AddressSpace(Pager& pager, Mmu& mmu, VirtPage first, VirtPage end, SpaceKind kind)
    : pager_(pager),
      mmu_(mmu),
      tree_(first, end),
      kind_(kind),
      tables_(pager.frames.commit(), mmu.TablePages()) {}

AddressSpace::~AddressSpace() { Clear(); }

void AddressSpace::Clear() {
  while (const auto region = tree_.FindFrom(tree_.first())) {
    const VirtAddr base = AddressOf(region->attributes.allocation_base);
    if (region->attributes.section) {
      const Status unmapped = UnmapView(base);
      KASSERT(IsSuccess(unmapped));
    } else {
      // A whole allocation: no node is needed, so this cannot fail.
      const Result<ByteRange> freed = Free(base, 0, kMemRelease);
      KASSERT(freed.ok());
    }
  }
  KASSERT(charged_pages_ == 0 && private_pages_ == 0);
}

// ---- Charges --------------------------------------------------------------------------------------------

Status AddressSpace::Charge(PageRange range, u32 pages) {
  CommitCharge charge = TRY(CommitCharge::Take(pager_.frames.commit(), pages));
  if (kind_ == SpaceKind::kUser) TRY_STATUS(tables_.Add(range));
  charge.Release();
  charged_pages_ += pages;
  return Status::kSuccess;
}

/// The tree has changed, or a change was given up: what is no longer needed goes back.
void AddressSpace::Uncharge(PageRange range, u32 pages) {
  KASSERT(pages <= charged_pages_);
  charged_pages_ -= pages;
  pager_.frames.commit().Uncharge(pages);
  if (kind_ == SpaceKind::kUser) tables_.Trim(range, tree_);
}

u32 AddressSpace::PrivatePages(PageRange range) const {
  u32 count = 0;
  for (VirtPage p = mmu_.NextResident(range.start, range.end()); p < range.end();
       p = mmu_.NextResident(p + 1, range.end())) {
    if (IsPrivate(mmu_.Query(p))) ++count;
  }
  return count;
}

u32 AddressSpace::ChargedPages(PageRange range) const {
  u32 count = 0;
  for (auto r = tree_.FindFrom(range.start); r && r->range.start < range.end();
       r = tree_.FindFrom(r->range.end())) {
    if (r->attributes.state != RegionState::kCommitted) continue;
    const VirtPage start = r->range.start < range.start ? range.start : r->range.start;
    const VirtPage end = r->range.end() < range.end() ? r->range.end() : range.end();
    const PageRange part{start, end - start};
    const bool all = !r->attributes.section || r->attributes.protection.WriteCopy();
    count += all ? part.pages : PrivatePages(part);
  }
  return count;
}

// ---- Allocate -------------------------------------------------------------------------------------------

Result<VirtPage> AddressSpace::LimitFor(u32 zero_bits, Status invalid) const {
  if (zero_bits > kMaxZeroBits) return invalid;
  if (zero_bits == 0) return tree_.end();
  const VirtPage limit(1u << (32 - zero_bits - kPageShift));
  return limit < tree_.end() ? limit : tree_.end();
}

Result<ByteRange> AddressSpace::Allocate(const AllocateRequest& request) {
  u32 type = request.type;
  const VirtPage limit = TRY(LimitFor(request.zero_bits, Status::kInvalidParameter3));
  if ((type & ~(kMemCommit | kMemReserve | kMemReset | kMemTopDown)) != 0) {
    return Status::kInvalidParameter5;
  }
  if ((type & (kMemCommit | kMemReserve | kMemReset)) == 0) return Status::kInvalidParameter5;
  if ((type & kMemReset) != 0 && (type & ~kMemTopDown) != kMemReset)
    return Status::kInvalidParameter5;
  if (!request.protection.Valid()) return Status::kInvalidPageProtection;
  // Write-copy needs something to copy: only views have that.
  if (request.protection.WriteCopy()) return Status::kInvalidPageProtection;
  if (request.size == 0) return Status::kInvalidParameter4;
  if (request.base.value != 0) {
    if (!Contains(request.base)) return Status::kInvalidParameter2;
    if (request.size - 1 > AddressOf(tree_.end() - 1).value + kPageMask - request.base.value) {
      return Status::kInvalidParameter4;
    }
  } else if (PagesFor(request.size) > tree_.end() - tree_.first()) {
    return Status::kNoMemory;
  }
  if (request.base.value == 0 && (type & kMemCommit) != 0) type |= kMemReserve;

  if ((type & kMemReset) != 0) {
    // The content may be thrown away; keeping it is allowed.
    const PageRange range = RangeOf(request.base, request.size);
    const u32 uncommitted = TRY(tree_.CountUncommitted(range));
    if (uncommitted != 0) return Status::kNotCommitted;
    return BytesOf(range);
  }
  if ((type & kMemReserve) == 0)
    return Commit(RangeOf(request.base, request.size), request.protection);

  Where where{.at = std::nullopt,
              .placement = (type & kMemTopDown) != 0 ? Placement::kHighest : Placement::kLowest,
              .limit = limit};
  u32 pages = PagesFor(request.size);
  if (request.base.value != 0) {
    const VirtAddr base(AlignDown(request.base.value, kAllocationGranularity));
    const PageRange range = RangeOf(base, request.size + (request.base.value - base.value));
    where.at = range.start;
    pages = range.pages;
  }
  const VirtPage start = TRY(tree_.Reserve(where, pages, request.protection));
  const PageRange range{start, pages};
  if ((type & kMemCommit) != 0) {
    if (Result<ByteRange> committed = Commit(range, request.protection); !committed) {
      const Status undone = tree_.Release(range);
      KASSERT(IsSuccess(undone));
      return committed.error();
    }
  }
  return BytesOf(range);
}

Result<ByteRange> AddressSpace::Commit(PageRange range, Protection protection) {
  const u32 pages = TRY(tree_.CountUncommitted(range));
  TRY_STATUS(Charge(range, pages));
  if (const Status status = tree_.Commit(range, protection); IsFailure(status)) {
    Uncharge(range, pages);
    return status;
  }
  // Pages that were committed before took the new protection with the rest.
  for (VirtPage p = mmu_.NextResident(range.start, range.end()); p < range.end();
       p = mmu_.NextResident(p + 1, range.end())) {
    const PageState state = Look(p);
    mmu_.Replace(p, state.pte.pfn, AccessFor(state.region, p, state.is_private));
  }
  return BytesOf(range);
}

// ---- Free -----------------------------------------------------------------------------------------------

Result<ByteRange> AddressSpace::Free(VirtAddr base, u32 size, u32 type) {
  if (type != kMemDecommit && type != kMemRelease) return Status::kInvalidParameter4;
  if (!Contains(base)) return Status::kInvalidParameter2;
  if (size != 0 && size - 1 > AddressOf(tree_.end() - 1).value + kPageMask - base.value) {
    return Status::kInvalidParameter3;
  }
  PageRange range{PageOf(base), 1};
  if (FindSection(base)) return Status::kUnableToDeleteSection;
  if (size == 0) {
    const PageRange whole = TRY(tree_.FindAllocation(PageOf(base)));
    if (whole.start != PageOf(base)) return Status::kFreeVmNotAtBase;
    range = whole;
  } else {
    range = RangeOf(base, size);
  }
  const u32 committed = TRY(tree_.CountCommitted(range));
  TRY_STATUS(type == kMemDecommit ? tree_.Decommit(range) : tree_.Release(range));
  DropPages(range, nullptr, range.start, PageIndex(0));
  Uncharge(range, committed);
  return BytesOf(range);
}

void AddressSpace::DropPages(PageRange range, Section* section, VirtPage view_start,
                             PageIndex view_page) {
  for (VirtPage p = mmu_.NextResident(range.start, range.end()); p < range.end();
       p = mmu_.NextResident(p + 1, range.end())) {
    DropPage(p, section, view_page + (p - view_start));
  }
}

void AddressSpace::DropPage(VirtPage page, Section* section, PageIndex index) {
  const Pte pte = mmu_.Unmap(page);
  if (!IsPrivate(pte)) {
    section->Unshare(index);
    return;
  }
  pager_.frames.Free(pte.pfn);
  CountPrivatePage(-1);
  if (section) section->CountPrivatePage(-1);
}

// ---- Protect --------------------------------------------------------------------------------------------

Result<ProtectResult> AddressSpace::Protect(VirtAddr base, u32 size, Protection protection) {
  if (!protection.Valid()) return Status::kInvalidPageProtection;
  if (!Contains(base)) return Status::kInvalidParameter2;
  if (size == 0) return Status::kInvalidParameter3;
  if (size - 1 > AddressOf(tree_.end() - 1).value + kPageMask - base.value) {
    return Status::kInvalidParameter3;
  }
  const PageRange range = RangeOf(base, size);
  const PageState first = Look(range.start);
  if (first.region.free) return Status::kConflictingAddresses;
  if (first.region.attributes.section) {
    const Protection view = first.region.attributes.allocation_protection;
    if (view.WriteCopy()) {
      protection = ToWriteCopy(protection);
    } else if (protection.Writable() && !protection.WriteCopy() && !view.Writable()) {
      return Status::kSectionProtection;
    }
  } else if (protection.WriteCopy()) {
    return Status::kInvalidPageProtection;
  }

  // A view's charge depends on its protection; take the difference before the tree changes.
  u32 before = 0;
  u32 after = 0;
  if (first.region.attributes.section) {
    const PageRange view = TRY(tree_.FindAllocation(range.start));
    if (range.end() > view.end()) return Status::kConflictingAddresses;
    before = ChargedPages(range);
    after = protection.WriteCopy() ? range.pages : PrivatePages(range);
    if (after > before) TRY_STATUS(Charge(range, after - before));
  }
  Result<Protection> old = tree_.Protect(range, protection);
  if (!old) {
    if (after > before) Uncharge(range, after - before);
    return old.error();
  }
  if (before > after) Uncharge(range, before - after);
  for (VirtPage p = mmu_.NextResident(range.start, range.end()); p < range.end();
       p = mmu_.NextResident(p + 1, range.end())) {
    const PageState state = Look(p);
    mmu_.Replace(p, state.pte.pfn, AccessFor(state.region, p, state.is_private));
  }
  return ProtectResult{BytesOf(range), Shown(first.region, range.start, first.is_private)};
}

/// Written pages of a view show another protection than their neighbours, whatever the regions are.
VirtPage AddressSpace::EndOfEqualPages(VirtPage page, RegionInfo region, Protection shown) const {
  const VirtPage allocation = region.attributes.allocation_base;
  for (;;) {
    if (!region.attributes.section || !region.attributes.protection.WriteCopy()) {
      if (region.attributes.protection != shown) return page;
      page = region.range.end();
    } else {
      for (; page < region.range.end(); ++page) {
        if (Shown(region, page, IsPrivate(mmu_.Query(page))) != shown) return page;
      }
    }
    const auto next = tree_.FindFrom(page);
    if (!next || next->range.start != page || next->attributes.allocation_base != allocation ||
        next->attributes.state != RegionState::kCommitted) {
      return page;
    }
    region = *next;
  }
}

// ---- Query ----------------------------------------------------------------------------------------------

Result<MemoryInformation> AddressSpace::Query(VirtAddr address) const {
  if (PageOf(address) < tree_.first()) {
    // Nobody can have what lies below; programs that walk the space from 0 see it as free.
    MemoryInformation below;
    below.base = AddressOf(PageOf(address));
    below.state = kMemFree;
    below.protection = kPageNoAccess;
    below.size = AddressOf(tree_.first()) - below.base;
    return below;
  }
  if (!Contains(address)) return Status::kInvalidParameter;
  const VirtPage page = PageOf(address);
  const PageState state = Look(page);
  MemoryInformation info;
  info.base = AddressOf(page);
  VirtPage end = state.region.range.end();
  if (state.region.free) {
    info.state = kMemFree;
    info.protection = kPageNoAccess;
    info.size = (end - page) << kPageShift;
    return info;
  }
  const RegionAttributes& a = state.region.attributes;
  info.allocation_base = AddressOf(a.allocation_base);
  info.allocation_protection = a.allocation_protection;
  info.state = a.state == RegionState::kCommitted ? kMemCommit : kMemReserve;
  info.type = a.type == RegionType::kPrivate  ? kMemPrivate
              : a.type == RegionType::kMapped ? kMemMapped
                                              : kMemImage;
  if (a.state == RegionState::kCommitted) {
    info.protection = Shown(state.region, page, state.is_private);
    end = EndOfEqualPages(page, state.region, info.protection);
  }
  info.size = (end - page) << kPageShift;
  return info;
}

Section* AddressSpace::FindSection(VirtAddr address) const {
  if (!Contains(address)) return nullptr;
  const RegionInfo region = tree_.Find(PageOf(address));
  return region.free ? nullptr : region.attributes.section;
}

}  // namespace fl::mm
