// ImageSection: see image_section.h. What a page holds is worked out here, from the file's bytes to
// the finished page.
#include "mm/image_section.h"

#include "mm/image_cache.h"
#include "mm/metadata_reader.h"
#include "pe/image_file_source.h"

namespace fl::mm {

ImageSection::ImageSection(Pager& pager, RefPtr<fs::File> file, pe::ImageLayout layout,
                           VirtAddr base, u32 variant)
    : Section(pager, SectionKind::kImage, std::move(file)),
      layout_(std::move(layout)),
      base_(base),
      variant_(variant) {}

ImageSection::~ImageSection() {
  if (cache_) cache_->Forget(*this);
}

bool ImageSection::CanMove(const pe::ImageLayout& layout) {
  return !layout.relocs_stripped && layout.directory(pe::Directory::kRelocation).size != 0;
}

Status ImageSection::Prepare(pe::ParseError* error) {
  TRY_STATUS(Create(layout_.mapped_size()));
  u32 shared_pages = 0;
  for (PageIndex i(0); i.value < pages(); ++i) {
    if (SharesWrites(i)) ++shared_pages;
  }
  TRY_STATUS(Promise(shared_pages));
  if (!relocated()) return Status::kSuccess;
  if (!CanMove(layout_)) return Status::kIllegalDllRelocation;
  MetadataReader reader(*file());
  pe::ImageFileSource source(reader, layout_);
  Result<pe::RelocationIndex> index = pe::RelocationIndex::Build(source, layout_, error);
  CountMetadata(reader.bytes_read());
  if (!index) return index.error();
  relocations_ = std::move(*index);
  return Status::kSuccess;
}

bool ImageSection::SharesWrites(PageIndex index) const {
  if (!layout_.shares_writes) return false;
  const pe::PageContent page = layout_.Page(index);
  return page.shared && page.writable;
}

Protection ImageSection::ProtectionOf(PageIndex index) const {
  const pe::PageContent page = layout_.Page(index);
  if (!page.present()) return kPageNoAccess;
  if (page.writable) {
    if (page.executable) return page.shared ? kPageExecuteReadWrite : kPageExecuteWriteCopy;
    return page.shared ? kPageReadWrite : kPageWriteCopy;
  }
  if (page.executable) return page.readable ? kPageExecuteRead : kPageExecute;
  return page.readable ? kPageReadOnly : kPageNoAccess;
}

Section::ProtectionRun ImageSection::ProtectionFrom(PageIndex index, Protection) const {
  ProtectionRun run{ProtectionOf(index), 0};
  do {
    run.pages += layout_.PagesAlike(index + run.pages);
  } while (index.value + run.pages < pages() && ProtectionOf(index + run.pages) == run.protection);
  return run;
}

PageSource ImageSection::SourceOf(PageIndex index) const {
  const pe::PageContent page = layout_.Page(index);
  return {page.file_offset, page.file_bytes};
}

bool ImageSection::NeedsFinish(PageIndex index) const {
  if (!pe::BindingsOfPage(index, bindings_.span()).empty()) return true;
  if (!relocated()) return false;
  return relocations_.HasFixups(index) || (index >= PageOf(layout_.image_base_field) &&
                                           index <= PageOf(layout_.image_base_field + 3));
}

Status ImageSection::FinishPage(PageIndex index, PageBytes bytes) {
  if (relocated()) {
    std::byte before[4] = {};
    if (relocations_.NeedsPrevious(index)) TRY_STATUS(OriginalTailBefore(index, before));
    relocations_.Apply(index, bytes, before, delta());
    pe::PatchImageBase(index, bytes, layout_, base_);
  }
  // After anything that can sleep: bindings that came meanwhile are in time.
  pe::ApplyBindings(index, bytes, bindings_.span());
  return Status::kSuccess;
}

Status ImageSection::OriginalTailBefore(PageIndex index, std::span<std::byte, 4> tail) {
  const PageIndex previous = index - 1;
  const Rva tail_rva(index.value * kPageSize - u32(tail.size()));
  bool as_read = !SharesWrites(previous);
  for (const pe::Binding& binding : pe::BindingsOfPage(previous, bindings_.span())) {
    if (binding.slot + 4 > tail_rva) as_read = false;
  }
  if (const std::byte* present = as_read ? PresentBytes(previous) : nullptr) {
    const pe::PageTail original = relocations_.OriginalTail(
        previous, std::span<const std::byte, kPageSize>(present, kPageSize), delta());
    for (u32 i = 0; i < tail.size(); ++i) tail[i] = original[i];
    return Status::kSuccess;
  }
  // Written by programs, bound, or not here: only the file still has the bytes.
  MetadataReader reader(*file());
  const Status status = pe::ImageFileSource(reader, layout_).Read(tail_rva.value, tail);
  CountMetadata(reader.bytes_read());
  return status;
}

void ImageSection::Bind(Vector<pe::Binding> bindings) {
  KASSERT(!bound_ && variant_ < kUnbound);
  bindings_ = std::move(bindings);
  bound_ = true;
  PageIndex next(0);
  for (const pe::Binding& binding : bindings_) {
    // A slot may reach into the page after its own.
    for (PageIndex page = PageOf(binding.slot); page <= PageOf(binding.slot + 3); ++page) {
      if (page < next) continue;
      next = page + 1;
      if (page.value >= pages()) continue;
      if (std::byte* bytes = PresentBytes(page)) {
        pe::ApplyBindings(page, PageBytes(bytes, kPageSize), bindings_.span());
      }
    }
  }
  if (cache_) cache_->OnBound(*this);
}

}  // namespace fl::mm
