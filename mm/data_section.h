// DataSection: a file's bytes as pages: the file's page cache. Views and read calls use the same
// frames.
// Invariant: pages are clean: volumes are read-only so far, so views are read-only or write-copy.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "mm/section.h"

namespace fl::mm {

class DataSection final : public Section, public ListNode<DataSection> {
 public:
  /// kSectionTooBig for files past 2 GiB, kFileInvalid (NT: mapped file of size zero) for empty
  /// ones. Use DataCache::Acquire where the file's bytes are to be shared.
  static Result<RefPtr<DataSection>> Create(Pager& pager, RefPtr<fs::File> file);
  /// Leaves the list of its cache, if it is in one.
  ~DataSection() override {
    if (linked()) Unlink();
  }

 private:
  using Section::Section;
  PageSource SourceOf(PageIndex index) const override;
  SectionRun WindowFor(PageIndex index) override;

  ReadAhead read_ahead_;
};

}  // namespace fl::mm
