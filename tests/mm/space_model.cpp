// SpaceModel: see space_model.h.
#include "tests/mm/space_model.h"

#include <set>

namespace fl::test {
namespace {

using mm::Protection;

bool Readable(u32 bits) { return (bits & 0xFF) != 0x01; }
bool Copies(u32 bits) { return (bits & 0xFF) == 0x08 || (bits & 0xFF) == 0x80; }
bool Writable(u32 bits) { return Copies(bits) || (bits & 0xFF) == 0x04 || (bits & 0xFF) == 0x40; }
bool Executable(u32 bits) { return (bits & 0xFF) >= 0x10; }
u32 MakeCopying(u32 bits) {
  if ((bits & 0xFF) == 0x04) return (bits & ~0xFFu) | 0x08;
  if ((bits & 0xFF) == 0x40) return (bits & ~0xFFu) | 0x80;
  return bits;
}
u32 MakePlain(u32 bits) {
  if ((bits & 0xFF) == 0x08) return (bits & ~0xFFu) | 0x04;
  if ((bits & 0xFF) == 0x80) return (bits & ~0xFFu) | 0x40;
  return bits;
}

}  // namespace

bool SpaceModel::AllFree(VirtPage start, u32 pages) const {
  for (u32 i = 0; i < pages; ++i) {
    if (At(start + i).allocation != 0) return false;
  }
  return true;
}

bool SpaceModel::OneAllocation(VirtPage start, u32 pages) const {
  for (u32 i = 0; i < pages; ++i) {
    if (At(start + i).allocation == 0 || At(start + i).allocation != At(start).allocation) {
      return false;
    }
  }
  return true;
}

bool SpaceModel::SharesWrites(const Page& page) const {
  return page.section->image && page.section->shares_writes[page.section_page];
}

Protection SpaceModel::Shown(const Page& page) const {
  if (!page.committed) return {};
  if (page.section && Copies(page.protection.bits) && (page.own || SharesWrites(page))) {
    return {MakePlain(page.protection.bits)};
  }
  return page.protection;
}

Status SpaceModel::Reserve(VirtPage start, u32 pages, Protection protection) {
  if (!AllFree(start, pages)) return Status::kConflictingAddresses;
  ++last_allocation_;
  for (u32 i = 0; i < pages; ++i) {
    Page page;
    page.allocation = last_allocation_;
    page.allocation_base = start;
    page.allocation_protection = protection;
    At(start + i) = page;
  }
  return Status::kSuccess;
}

Status SpaceModel::Commit(VirtPage start, u32 pages, Protection protection) {
  if (!OneAllocation(start, pages) || At(start).section) return Status::kConflictingAddresses;
  for (u32 i = 0; i < pages; ++i) {
    At(start + i).committed = true;
    At(start + i).protection = protection;
  }
  return Status::kSuccess;
}

Status SpaceModel::Free(VirtPage start, u32 pages, u32 type) {
  if (At(start).section) return Status::kUnableToDeleteSection;
  if (At(start).allocation == 0) return Status::kMemoryNotAllocated;
  if (!OneAllocation(start, pages)) return Status::kUnableToFreeVm;
  const u32 allocation = At(start).allocation;
  for (u32 i = 0; i < pages; ++i) {
    Page& page = At(start + i);
    if (type == mm::kMemRelease) {
      page = Page{};
    } else {
      page.committed = false;
      page.own = nullptr;
      page.protection = {};
    }
  }
  if (type == mm::kMemDecommit) return Status::kSuccess;
  // What lies above the cut is an allocation of its own.
  const VirtPage above = start + pages;
  ++last_allocation_;
  for (VirtPage p = above; p - first_ < pages_.size() && At(p).allocation == allocation; ++p) {
    At(p).allocation = last_allocation_;
    At(p).allocation_base = above;
  }
  return Status::kSuccess;
}

Status SpaceModel::Protect(VirtPage start, u32 pages, Protection protection, Protection* old) {
  const Page& first = At(start);
  if (first.allocation == 0) return Status::kConflictingAddresses;
  if (first.section) {
    const u32 view = first.allocation_protection.bits;
    if (Copies(view)) {
      protection = {MakeCopying(protection.bits)};
    } else if (Writable(protection.bits) && !Copies(protection.bits) && !Writable(view)) {
      return Status::kSectionProtection;
    }
  } else if (Copies(protection.bits)) {
    return Status::kInvalidPageProtection;
  }
  if (!OneAllocation(start, pages)) return Status::kConflictingAddresses;
  for (u32 i = 0; i < pages; ++i) {
    if (!At(start + i).committed) return Status::kNotCommitted;
  }
  *old = Shown(first);
  for (u32 i = 0; i < pages; ++i) At(start + i).protection = protection;
  return Status::kSuccess;
}

Status SpaceModel::Map(SectionModel& section, VirtPage start, u32 section_page, u32 pages,
                       Protection protection) {
  if (!AllFree(start, pages)) return Status::kConflictingAddresses;
  ++last_allocation_;
  for (u32 i = 0; i < pages; ++i) {
    Page page;
    page.allocation = last_allocation_;
    page.allocation_base = start;
    page.allocation_protection = section.image ? mm::kPageExecuteWriteCopy : protection;
    page.protection = section.image ? section.protections[section_page + i] : protection;
    page.committed = true;
    page.section = &section;
    page.section_page = section_page + i;
    At(start + i) = page;
  }
  return Status::kSuccess;
}

Status SpaceModel::Unmap(VirtPage page) {
  if (!At(page).section) return Status::kNotMappedView;
  const u32 allocation = At(page).allocation;
  for (Page& each : pages_) {
    if (each.allocation == allocation) each = Page{};
  }
  return Status::kSuccess;
}

SpaceModel::Touch SpaceModel::Access(VirtAddr address, mm::Access access, std::byte* value) {
  Page& page = At(PageOf(address));
  if (page.allocation == 0 || !page.committed) return Touch::kViolation;
  if ((page.protection.bits & 0x100) != 0) {
    page.protection.bits &= ~0x100u;
    return Touch::kGuard;
  }
  const u32 bits = page.protection.bits;
  if (access == mm::Access::kRead && !fl::test::Readable(bits)) return Touch::kViolation;
  if (access == mm::Access::kWrite && !Writable(bits)) return Touch::kViolation;
  if (access == mm::Access::kExecute && !Executable(bits)) return Touch::kViolation;
  const u32 within = address.value & kPageMask;
  std::byte* shared =
      page.section ? page.section->bytes.data() + page.section_page * kPageSize : nullptr;
  if (access != mm::Access::kWrite) {
    *value = page.own ? (*page.own)[within] : shared ? shared[within] : std::byte(0);
    return Touch::kOk;
  }
  if (!page.own && (!shared || (Copies(bits) && !SharesWrites(page)))) {
    page.own = std::make_shared<Bytes>(kPageSize);
    if (shared) std::copy(shared, shared + kPageSize, page.own->begin());
  }
  (page.own ? page.own->data() : shared)[within] = *value;
  return Touch::kOk;
}

const std::byte* SpaceModel::Readable(VirtPage at) const {
  static const Bytes zeros(kPageSize);
  const Page& page = At(at);
  if (page.allocation == 0 || !page.committed) return nullptr;
  if ((page.protection.bits & 0x100) != 0 || !fl::test::Readable(page.protection.bits)) {
    return nullptr;
  }
  if (page.own) return page.own->data();
  return page.section ? page.section->bytes.data() + page.section_page * kPageSize : zeros.data();
}

bool SpaceModel::SameRun(const SpaceModel& model, const Page& a, const Page& b) {
  return a.allocation == b.allocation && a.committed == b.committed &&
         model.Shown(a) == model.Shown(b);
}

mm::MemoryInformation SpaceModel::Query(VirtPage at) const {
  const Page& page = At(at);
  mm::MemoryInformation info;
  info.base = AddressOf(at);
  u32 run = 1;
  while (at - first_ + run < pages_.size() && SameRun(*this, page, At(at + run))) ++run;
  info.size = run * kPageSize;
  if (page.allocation == 0) {
    info.state = mm::kMemFree;
    info.protection = mm::kPageNoAccess;
    return info;
  }
  info.allocation_base = AddressOf(page.allocation_base);
  info.allocation_protection = page.allocation_protection;
  info.state = page.committed ? mm::kMemCommit : mm::kMemReserve;
  info.protection = Shown(page);
  info.type = !page.section         ? mm::kMemPrivate
              : page.section->image ? mm::kMemImage
                                    : mm::kMemMapped;
  return info;
}

u32 SpaceModel::Charge() const {
  std::set<u32> tables;
  u32 charge = 0;
  for (u32 i = 0; i < pages_.size(); ++i) {
    const Page& page = pages_[i];
    if (!page.committed) continue;
    tables.insert((first_.value + i) / 1024);
    if (!page.section || Copies(page.protection.bits) || page.own) ++charge;
  }
  return charge + u32(tables.size());
}

u32 SpaceModel::PrivateCopies() const {
  u32 copies = 0;
  for (const Page& page : pages_) copies += page.section && page.own ? 1 : 0;
  return copies;
}

}  // namespace fl::test
