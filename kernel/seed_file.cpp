// SeedFile: see seed_file.h.
#include "kernel/seed_file.h"

#include "kernel/kernel.h"
#include "kernel/loader/dll_search.h"

namespace fl::kernel {
namespace {

constexpr u64 kLargest = 1024 * 1024;

}  // namespace

Result<bool> ReadSeedFile(Kernel& kernel, std::string_view path, Vector<char>& text) {
  const Result<fs::Opened> opened = kernel.volume->Open(path);
  if (!opened.ok()) {
    if (IsNotFound(opened.error())) return false;
    return opened.error();
  }
  if (!opened->file) return Status::kFileIsADirectory;
  const u64 size = opened->file->Size();
  if (size > kLargest) return Status::kSectionTooBig;
  TRY_STATUS(text.ResizeForOverwrite(u32(size)));
  TRY_STATUS(opened->file->ReadAt(0, std::as_writable_bytes(text.span())));
  return true;
}

}  // namespace fl::kernel
