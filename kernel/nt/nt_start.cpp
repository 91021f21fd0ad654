// NtStart: see nt_start.h.
#include "kernel/nt/nt_start.h"

#include "kernel/kernel.h"
#include "kernel/loader/dll_search.h"

namespace fl::kernel {
namespace {

// Each is another base for the image.
constexpr u32 kMostVariants = 16;

/// Maps the image's first variant that has its place free. `acquire(variant)` gives it.
template <class Acquire>
Result<RefPtr<mm::ImageSection>> MapImage(Process& process, Acquire acquire) {
  for (u32 variant = 0; variant < kMostVariants; ++variant) {
    RefPtr<mm::ImageSection> image = TRY(acquire(variant));
    TRY_STATUS(process.images().Push({image, image->base()}));
    const Result<mm::ByteRange> view = process.space().MapView(
        *image, {.base = image->base(), .protection = mm::kPageExecuteWriteCopy});
    if (view.ok()) return image;
    process.images().Pop();
    if (view.error() != Status::kConflictingAddresses) return view.error();
  }
  return Status::kConflictingAddresses;
}

Result<RefPtr<fs::File>> OpenProgram(std::string_view path, LoadError& error) {
  const Result<fs::Opened> opened = TheKernel().volume->Open(path);
  if (opened.ok() && opened->file) return opened->file;
  const Status status = opened.ok() ? Status::kFileIsADirectory : opened.error();
  // The disk or the memory may have failed; the file can be there all the same.
  const bool missing = opened.ok() || IsNotFound(status);
  return error.Fail(missing ? "no_such_file" : "other", status, "C:\\%.*s: %s (status 0x%08x)",
                    int(path.size()), path.data(),
                    opened.ok() ? "is a directory" : "cannot be opened", Code(status));
}

Result<VirtAddr> MapForReading(Process& process, mm::Section& section, VirtAddr base) {
  return TRY(process.space().MapView(section, {.base = base, .protection = mm::kPageReadOnly}))
      .base;
}

}  // namespace

Result<NtImages> MapNtImages(Process& process, UserMode& user_mode, std::string_view path,
                             LoadError& error) {
  Kernel& kernel = TheKernel();
  NtImages images;
  const RefPtr<fs::File> file = TRY(OpenProgram(path, error));
  pe::ParseError parse_error{};
  const auto program = MapImage(process, [&](u32 variant) {
    return kernel.images.Acquire(file, mm::ImageSection::kUnbound + variant, &parse_error);
  });
  if (!program.ok()) return error.FailImage(file->Name(), program.error(), parse_error);
  images.program = *program;
  if (images.program->layout().is_dll()) {
    return error.Fail("not_pe", Status::kInvalidImageFormat, "%.*s: is a DLL, not a program",
                      int(file->Name().size()), file->Name().data());
  }
  images.ntdll =
      TRY(MapImage(process, [&](u32 variant) { return user_mode.Ntdll(variant); }))->base();
  TRY(MapForReading(process, user_mode.user_data().section(), kSharedUserDataBase));
  if (const MappedFile& map = user_mode.api_sets(); map.section) {
    images.api_sets = TRY(MapForReading(process, *map.section, {})) + map.offset;
  }
  return images;
}

}  // namespace fl::kernel
