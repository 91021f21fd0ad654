// SharedMemorySection: pages that begin as zeros and are shared, writes included, by all that map them:
// NT's paging-file-backed section. There is no paging file yet, so every page is promised at creation.
#pragma once

#include "mm/section.h"

namespace fl::mm {

class SharedMemorySection final : public Section {
 public:
  /// `size` in bytes, not 0. kCommitmentLimit if that much cannot be promised; kSectionTooBig.
  static Result<RefPtr<SharedMemorySection>> Create(Pager& pager, u64 size);

 private:
  using Section::Section;
  PageSource SourceOf(PageIndex) const override { return {}; }
  bool IsPromised(PageIndex) const override { return true; }
};

}  // namespace fl::mm
