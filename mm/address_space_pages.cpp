// AddressSpace, the pages: what one entry may permit, and how a page gets its frame. Each of these is one
// step of the fault path, done between two sleeps.
#include <cstring>

#include "mm/address_space.h"

namespace fl::mm {

bool AddressSpace::CopiesOnWrite(const RegionInfo& region, VirtPage page) {
  const RegionAttributes& a = region.attributes;
  return a.section && a.protection.WriteCopy() &&
         !a.section->SharesWrites(SectionPageOf(region, page));
}

/// May an entry for the section's own page be writable from the start? A file's may not: the first write through
/// each entry is to be seen (MapForWrite).
bool AddressSpace::IsWrittenInPlace(const RegionInfo& region, VirtPage page) {
  return region.attributes.section->kind() != SectionKind::kData && !CopiesOnWrite(region, page);
}

PteAccess AddressSpace::AccessFor(const RegionInfo& region, VirtPage page, bool is_private) {
  const Protection p = region.attributes.protection;
  if (p.Has(kPageGuard)) return {};
  const bool writable = p.Writable() && (is_private || IsWrittenInPlace(region, page));
  return {.read = p.Readable(), .write = writable, .execute = p.Executable()};
}

void AddressSpace::CountPrivatePage(i32 change) {
  private_pages_ += u32(change);
  if (private_pages_ > private_pages_peak_) private_pages_peak_ = private_pages_;
}

u32 AddressSpace::UntouchedPages(VirtPage page, u32 most) const {
  const RegionInfo region = tree_.Find(page);
  const RegionAttributes& a = region.attributes;
  if (region.free || a.state != RegionState::kCommitted || a.section || !a.protection.Writable() ||
      a.protection.Has(kPageGuard)) {
    return 0;
  }
  const u32 left = region.range.end() - page;
  if (most > left) most = left;
  u32 count = 0;
  while (count < most && !mmu_.Query(page + count).resident) ++count;
  return count;
}

Status AddressSpace::MapZeroPage(VirtPage page, const RegionInfo& region) {
  const Pfn pfn = TRY(pager_.frames.AllocateZeroed(FrameUse::kPrivate));
  if (const Status s = mmu_.Map(page, pfn, AccessFor(region, page, true)); IsFailure(s)) {
    pager_.frames.Free(pfn);
    return s;
  }
  CountPrivatePage(+1);
  return Status::kSuccess;
}

Status AddressSpace::MapSectionPage(VirtPage page, const RegionInfo& region) {
  Section& section = *region.attributes.section;
  const PageIndex index = SectionPageOf(region, page);
  const Pfn pfn = TRY(section.Share(index));
  if (const Status s = mmu_.Map(page, pfn, AccessFor(region, page, false)); IsFailure(s)) {
    section.Unshare(index);
    return s;
  }
  return Status::kSuccess;
}

Status AddressSpace::MapForWrite(VirtPage page, const PageState& state) {
  const RegionInfo& region = state.region;
  Section& section = *region.attributes.section;
  if (!state.pte.resident) TRY_STATUS(MapSectionPage(page, region));
  section.NoteWritable(SectionPageOf(region, page));
  PteAccess access = AccessFor(region, page, false);
  access.write = true;
  mmu_.Replace(page, mmu_.Query(page).pfn, access);
  return Status::kSuccess;
}

void AddressSpace::MapNeighbours(VirtPage page, const RegionInfo& region) {
  const u32 block = pager_.around_pages;
  // Nobody asked for them: they leave most of what can still be promised to those who will ask for theirs.
  if (block == 1 || pager_.frames.commit().left() < 4 * block) return;
  const Section& section = *region.attributes.section;
  const VirtPage first(AlignDown(page.value, block));
  VirtPage p = first < region.range.start ? region.range.start : first;
  const VirtPage end = first + block < region.range.end() ? first + block : region.range.end();
  for (; p < end; ++p) {
    if (p == page || !section.IsPresent(SectionPageOf(region, p)) || mmu_.Query(p).resident)
      continue;
    // Without memory for it, the page has its fault when it is touched.
    if (IsFailure(MapSectionPage(p, region))) return;
  }
}

Result<Pfn> AddressSpace::CopyOf(Pfn original) {
  const Pfn copy = TRY(pager_.frames.Allocate(FrameUse::kPrivate));
  std::memcpy(pager_.frames.Bytes(copy).data(), pager_.frames.Bytes(original).data(), kPageSize);
  return copy;
}

Status AddressSpace::MapPrivateCopy(VirtPage page, const PageState& state) {
  const RegionInfo& region = state.region;
  Section& section = *region.attributes.section;
  const PageIndex index = SectionPageOf(region, page);
  // It was a write to a write-copy page that brought us here.
  const PteAccess access{
      .read = true, .write = true, .execute = region.attributes.protection.Executable()};
  Pfn copy;
  KASSERT(!state.is_private);
  if (state.pte.resident) {
    copy = TRY(CopyOf(state.pte.pfn));
  } else if (section.IsPresent(index)) {
    // Held while the copy's frame is allocated: a standby original could be the very frame that is taken.
    const Pfn original = TRY(section.Share(index));
    const Result<Pfn> frame = CopyOf(original);
    section.Unshare(index);
    copy = TRY(frame);
  } else {
    KASSERT(section.IsUntouchedZero(index));
    copy = TRY(pager_.frames.AllocateZeroed(FrameUse::kPrivate));
  }
  if (state.pte.resident) {
    mmu_.Replace(page, copy, access);
    section.Unshare(index);
  } else if (const Status s = mmu_.Map(page, copy, access); IsFailure(s)) {
    pager_.frames.Free(copy);
    return s;
  }
  CountPrivatePage(+1);
  section.CountPrivatePage(+1);
  return Status::kSuccess;
}

Status AddressSpace::ClearGuard(VirtPage page, const RegionInfo& region) {
  const Result<Protection> old =
      tree_.Protect({page, 1}, region.attributes.protection.Without(kPageGuard));
  if (!old) return old.error();
  const PageState state = Look(page);
  if (state.pte.resident) {
    mmu_.Replace(page, state.pte.pfn, AccessFor(state.region, page, state.is_private));
  }
  return Status::kSuccess;
}

}  // namespace fl::mm
