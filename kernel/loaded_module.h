// LoadedModule: an image as the linker reads it: by its section's own pages, through a view in system space.
// Invariants:  the linker needs import slots as the file has them; bytes that lie in slots which are bound
//              already (another process linked the image) come from the file instead.
// Lives:       as long as the linker; the view goes with it.
#pragma once

#include "mm/address_space.h"
#include "mm/image_section.h"
#include "pe/image_file_source.h"
#include "pe/linker.h"

namespace fl::kernel {

class LoadedModule final : public pe::Module, private pe::ByteSource, private pe::FileBytes {
 public:
  LoadedModule(mm::AddressSpace& system, RefPtr<mm::ImageSection> section, u32 variant)
      : system_(system),
        section_(std::move(section)),
        variant_(variant),
        file_source_(*this, section_->layout()) {}
  ~LoadedModule() { DropView(); }
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;

  /// Maps the view; once.
  Status MapView();
  /// The linker is done with it.
  void DropView();

  std::string_view Name() const override { return section_->file()->Name(); }
  pe::ByteSource& Image() override { return *this; }
  const pe::ImageLayout& Layout() const override { return section_->layout(); }
  VirtAddr Base() const override { return section_->base(); }
  const RefPtr<mm::ImageSection>& section() const { return section_; }
  u32 variant() const { return variant_; }

 private:
  Status Read(u32 offset, std::span<std::byte> out) override;
  Status ReadAt(u64 offset, std::span<std::byte> out) override {
    return section_->file()->ReadAt(offset, out);
  }

  mm::AddressSpace& system_;
  const RefPtr<mm::ImageSection> section_;
  const u32 variant_;
  pe::ImageFileSource file_source_;
  VirtAddr view_;
};

}  // namespace fl::kernel
