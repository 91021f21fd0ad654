// SpaceModel: what an address space must do, in the simplest way there is: an array of pages, each
// with its own copy of everything that is known about it. Slow, and hard to get wrong. Shares
// nothing with the code under test but the constants.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "mm/address_space.h"
#include "tests/fakes/image_builder.h"

namespace fl::test {

/// A section as bytes; pages whose writes are shared change for all.
struct SectionModel {
  mm::Section* section = nullptr;
  bool image = false;
  Bytes bytes;
  std::vector<bool> shares_writes;          ///< Of image pages.
  std::vector<mm::Protection> protections;  ///< Of image pages.
  u32 pages() const { return u32(bytes.size() / kPageSize); }
};

class SpaceModel {
 public:
  SpaceModel(VirtPage first, u32 pages) : first_(first), pages_(pages) {}

  Status Reserve(VirtPage start, u32 pages, mm::Protection protection);
  Status Commit(VirtPage start, u32 pages, mm::Protection protection);
  Status Free(VirtPage start, u32 pages, u32 type);
  Status Protect(VirtPage start, u32 pages, mm::Protection protection, mm::Protection* old);
  Status Map(SectionModel& section, VirtPage start, u32 section_page, u32 pages,
             mm::Protection protection);
  Status Unmap(VirtPage page);

  enum class Touch { kOk, kGuard, kViolation };
  /// A guard that is touched is gone. On kOk `value` was read, or is written.
  Touch Access(VirtAddr address, mm::Access access, std::byte* value);

  mm::MemoryInformation Query(VirtPage page) const;
  /// Readable bytes of a page; nullptr if a read would fault.
  const std::byte* Readable(VirtPage page) const;
  /// Pages that this space is charged for, page tables included.
  u32 Charge() const;
  u32 PrivateCopies() const;

 private:
  struct Page {
    u32 allocation = 0;  ///< 0: free.
    VirtPage allocation_base;
    mm::Protection allocation_protection;
    mm::Protection protection;
    bool committed = false;
    SectionModel* section = nullptr;
    u32 section_page = 0;
    std::shared_ptr<Bytes> own;  ///< Touched private page, or private copy.
  };
  Page& At(VirtPage page) { return pages_[page - first_]; }
  const Page& At(VirtPage page) const { return pages_[page - first_]; }
  bool AllFree(VirtPage start, u32 pages) const;
  bool OneAllocation(VirtPage start, u32 pages) const;
  bool SharesWrites(const Page& page) const;
  mm::Protection Shown(const Page& page) const;
  static bool SameRun(const SpaceModel& model, const Page& a, const Page& b);

  VirtPage first_;
  std::vector<Page> pages_;
  u32 last_allocation_ = 0;
};

}  // namespace fl::test
