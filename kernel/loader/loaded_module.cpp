// LoadedModule: see loaded_module.h.
#include "kernel/loader/loaded_module.h"

#include "kernel/base/checked_math.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/x86/user_copy.h"

namespace fl::kernel {

void LoadedModule::DropView() {
  if (view_.value == 0) return;
  const Status unmapped = system_.UnmapView(view_);
  KASSERT(IsSuccess(unmapped));
  view_ = {};
}

Status LoadedModule::MapView() {
  const mm::ByteRange view =
      TRY(system_.MapView(*section_, {.base = {}, .protection = mm::kPageReadOnly}));
  view_ = view.base;
  return Status::kSuccess;
}

u32 LoadedModule::Entry() const {
  const pe::ImageLayout& layout = Layout();
  const bool called = !is_program && layout.is_dll() && layout.entry.value != 0;
  return called ? Base().value + layout.entry.value : 0;
}

Status LoadedModule::Read(u32 offset, std::span<std::byte> out) {
  const u32 size = u32(out.size());
  if (!FitsWithin(offset, size, Layout().mapped_size())) return Status::kInvalidImageFormat;
  if (size == 0) return Status::kSuccess;
  if (view_.value == 0) return CopyFromUser(out.data(), Base().value + offset, size);
  const auto is_bound = [&] {
    return !pe::BindingsIn(Rva(offset), size, section_->bindings()).empty();
  };
  if (is_bound()) return file_source_.Read(offset, out);
  const Status status =
      x86::CopySafely(out.data(), reinterpret_cast<const void*>(view_.value + offset), size);
  // The copy may have slept, and another process have bound the image meanwhile.
  if (IsSuccess(status) && is_bound()) return file_source_.Read(offset, out);
  // A hole between the PE's sections is not a fault of ours: the image leads there.
  return status == Status::kAccessViolation ? Status::kInvalidImageFormat : status;
}

}  // namespace fl::kernel
