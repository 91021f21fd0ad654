// DataSection: its pages, and how they are read. See data_section.h; writing is in data_section_write.cpp.
#include "mm/data_section.h"

namespace fl::mm {

Result<RefPtr<DataSection>> DataSection::Create(Pager& pager, RefPtr<fs::File> file) {
  const u64 size = file->Size();
  if (size > kMaxSize) return Status::kSectionTooBig;
  auto section =
      AdoptRef(new (std::nothrow) DataSection(pager, SectionKind::kData, std::move(file)));
  if (!section) return Status::kNoMemory;
  TRY_STATUS(section->Section::Create(size));
  section->file_size_ = size;
  return section;
}

DataSection::~DataSection() {
  KASSERT(modified_ == 0);
  if (linked()) Unlink();
}

PageSource DataSection::SourceOf(PageIndex index) const {
  const u64 offset = u64(index.value) << kPageShift;
  // What the volume does not have yet is in memory, or zero.
  const u64 end = file_size_ < size() ? file_size_ : size();
  if (offset >= end) return {offset, 0};
  return {offset, end - offset < kPageSize ? u32(end - offset) : kPageSize};
}

SectionRun DataSection::WindowFor(PageIndex index) {
  return pager_.reads_ahead ? read_ahead_.Next(index, pages()) : Section::WindowFor(index);
}

}  // namespace fl::mm
