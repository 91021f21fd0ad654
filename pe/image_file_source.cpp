// ImageFileSource: see image_file_source.h.
#include "pe/image_file_source.h"

#include "kernel/base/checked_math.h"

namespace fl::pe {

Status ImageFileSource::Read(u32 offset, std::span<std::byte> out) {
  if (!FitsWithin<u64>(offset, out.size(), layout_.mapped_size())) {
    return Status::kInvalidImageFormat;
  }
  while (!out.empty()) {
    const PageContent content = layout_.Page(PageOf(Rva(offset)));
    if (!content.present()) return Status::kInvalidImageFormat;
    const u32 in_page = offset & kPageMask;
    const u32 in_file = content.file_bytes > in_page ? content.file_bytes - in_page : 0;
    u32 count = in_file != 0 ? in_file : kPageSize - in_page;
    if (count > out.size()) count = u32(out.size());
    if (in_file != 0) {
      TRY_STATUS(file_.ReadAt(u64(content.file_offset) + in_page, out.first(count)));
    } else {
      __builtin_memset(out.data(), 0, count);
    }
    out = out.subspan(count);
    offset += count;
  }
  return Status::kSuccess;
}

}  // namespace fl::pe
