// ImageLayout: what a layout answers, once it has been parsed (image_parser.cpp).
#include "pe/image_layout.h"

namespace fl::pe {
namespace {

/// The part of `file_bytes` bytes at `file_offset` that the page `offset` bytes further on holds.
PageContent Slice(u32 file_offset, u32 file_bytes, u32 offset) {
  PageContent content;
  content.kind = PageKind::kZero;
  if (offset >= file_bytes) return content;
  const u32 left = file_bytes - offset;
  content.kind = left >= kPageSize ? PageKind::kFile : PageKind::kMixed;
  content.file_offset = file_offset + offset;
  content.file_bytes = left >= kPageSize ? kPageSize : left;
  return content;
}

/// The index of the first section behind `rva`.
std::size_t FirstBehind(std::span<const PeSection> sections, u32 rva) {
  std::size_t low = 0;
  std::size_t high = sections.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (sections[middle].rva.value <= rva) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const PeSection* FindSection(std::span<const PeSection> sections, u32 rva) {
  const std::size_t behind = FirstBehind(sections, rva);
  if (behind == 0) return nullptr;
  const PeSection& section = sections[behind - 1];
  return rva - section.rva.value < section.virtual_size ? &section : nullptr;
}

}  // namespace

PageContent ImageLayout::Page(PageIndex page) const {
  if (page.value >= pages) return {};
  const u32 rva = page.value << kPageShift;
  if (flat) {
    PageContent content = Slice(0, u32(file_size < mapped_size() ? file_size : mapped_size()), rva);
    content.readable = content.writable = content.executable = true;
    return content;
  }
  if (page.value < PagesFor(header_bytes)) {
    PageContent content = Slice(0, header_file_bytes, rva);
    content.readable = true;
    return content;
  }
  const PeSection* section = FindSection(sections.span(), rva);
  if (!section) return {};
  PageContent content = Slice(section->file_offset, section->file_bytes, rva - section->rva.value);
  content.readable = section->readable;
  content.writable = section->writable;
  content.executable = section->executable;
  content.shared = section->shared;
  return content;
}

u32 ImageLayout::PagesAlike(PageIndex page) const {
  if (flat) return pages - page.value;
  const u32 header_pages = PagesFor(header_bytes);
  if (page.value < header_pages) return header_pages - page.value;
  const u32 rva = page.value << kPageShift;
  if (const PeSection* section = FindSection(sections.span(), rva)) {
    return PagesFor(section->rva.value + section->virtual_size) - page.value;
  }
  const std::size_t next = FirstBehind(sections.span(), rva);
  return (next < sections.size() ? PageOf(sections[u32(next)].rva).value : pages) - page.value;
}

void PatchImageBase(PageIndex page, PageBytes bytes, const ImageLayout& layout,
                    VirtAddr actual_base) {
  for (u32 i = 0; i < 4; ++i) {
    const Rva at = layout.image_base_field + i;
    if (PageOf(at) != page) continue;
    bytes[at.value & kPageMask] = std::byte(actual_base.value >> (8 * i));
  }
}

}  // namespace fl::pe
