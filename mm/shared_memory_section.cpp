// SharedMemorySection: see shared_memory_section.h.
#include "mm/shared_memory_section.h"

namespace fl::mm {

Result<RefPtr<SharedMemorySection>> SharedMemorySection::Create(Pager& pager, u64 size) {
  KASSERT(size != 0);
  if (size > 0x7FFFFFFF) return Status::kSectionTooBig;
  auto section =
      AdoptRef(new (std::nothrow) SharedMemorySection(pager, SectionKind::kSharedMemory, nullptr));
  if (!section) return Status::kNoMemory;
  TRY_STATUS(section->Section::Create(size));
  TRY_STATUS(section->Promise(PagesFor(size)));
  return section;
}

}  // namespace fl::mm
