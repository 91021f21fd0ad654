// AddressSpace, the views: mapping and unmapping sections.
#include "mm/address_space.h"

namespace fl::mm {

Result<ByteRange> AddressSpace::MapView(Section& section, const ViewRequest& request) {
  const VirtPage limit = TRY(LimitFor(request.zero_bits, Status::kInvalidParameter4));
  if (!request.protection.Valid()) return Status::kInvalidPageProtection;
  if (request.offset % kAllocationGranularity != 0) return Status::kMappedAlignment;
  if (request.base.value % kAllocationGranularity != 0) return Status::kMappedAlignment;
  if (request.base.value != 0 && !Contains(request.base)) return Status::kInvalidParameter3;
  if (request.offset >= section.size()) return Status::kInvalidViewSize;
  const PageIndex first(u32(request.offset >> kPageShift));
  u32 pages = section.pages() - first.value;
  if (request.size != 0) {
    if (request.size > u64(pages) * kPageSize) return Status::kInvalidViewSize;
    pages = PagesFor(request.size);
  }

  Where where{.at = std::nullopt, .placement = request.placement, .limit = limit};
  if (request.base.value != 0) where.at = PageOf(request.base);
  const bool is_image = section.kind() == SectionKind::kImage;
  // NT shows every image view as allocated EXECUTE_WRITECOPY; the PE sections' own protections follow.
  const Protection view_protection = is_image ? kPageExecuteWriteCopy : request.protection;
  const VirtPage start =
      TRY(tree_.MapView(where, pages, view_protection,
                        is_image ? RegionType::kImage : RegionType::kMapped, &section, first));
  const PageRange range{start, pages};
  const auto give_up = [&](Status status) {
    const Result<PageRange> undone = tree_.UnmapView(start);
    KASSERT(undone.ok());
    return status;
  };
  u32 copied_pages = 0;
  for (u32 done = 0; done < pages;) {
    auto run = section.ProtectionFrom(first + done, view_protection);
    if (run.pages > pages - done) run.pages = pages - done;
    if (is_image) {
      // The kernel only reads, so its own views need no promise of copies.
      if (kind_ == SpaceKind::kSystem) {
        run.protection = run.protection.Readable() ? kPageReadOnly : kPageNoAccess;
      }
      const Result<Protection> set = tree_.Protect({start + done, run.pages}, run.protection);
      if (!set) return give_up(set.error());
    }
    if (run.protection.WriteCopy()) copied_pages += run.pages;
    done += run.pages;
  }
  if (const Status s = Charge(range, copied_pages); IsFailure(s)) return give_up(s);
  section.Ref();
  section.CountView(+1);
  return ByteRange{AddressOf(start), pages << kPageShift};
}

Status AddressSpace::UnmapView(VirtAddr address) {
  if (!Contains(address)) return Status::kNotMappedView;
  const RegionInfo region = tree_.Find(PageOf(address));
  if (region.free || !region.attributes.section) return Status::kNotMappedView;
  Section* section = region.attributes.section;
  const PageRange view = TRY(tree_.FindAllocation(PageOf(address)));
  const u32 charged = ChargedPages(view);
  const PageIndex view_page = region.attributes.section_page - (region.range.start - view.start);
  const Result<PageRange> unmapped = tree_.UnmapView(PageOf(address));
  KASSERT(unmapped.ok());
  DropPages(view, section, view.start, view_page);
  Uncharge(view, charged);
  section->CountView(-1);
  section->Unref();
  return Status::kSuccess;
}

}  // namespace fl::mm
