// DataSection: see data_section.h.
#include "mm/data_section.h"

namespace fl::mm {

Result<RefPtr<DataSection>> DataSection::Create(Pager& pager, RefPtr<fs::File> file) {
  const u64 size = file->Size();
  if (size == 0) return Status::kFileInvalid;
  if (size > 0x7FFFFFFF) return Status::kSectionTooBig;
  auto section =
      AdoptRef(new (std::nothrow) DataSection(pager, SectionKind::kData, std::move(file)));
  if (!section) return Status::kNoMemory;
  TRY_STATUS(section->Section::Create(size));
  return section;
}

PageSource DataSection::SourceOf(PageIndex index) const {
  const u64 offset = u64(index.value) << kPageShift;
  const u64 rest = size() - offset;
  return {offset, rest < kPageSize ? u32(rest) : kPageSize};
}

SectionRun DataSection::WindowFor(PageIndex index) {
  return pager_.reads_ahead ? read_ahead_.Next(index, pages()) : Section::WindowFor(index);
}

}  // namespace fl::mm
