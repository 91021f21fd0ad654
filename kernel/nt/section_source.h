// SectionSource: an image as its section holds it, page by page, for pe/: relocated and bound. What is read
// here comes into memory as if a program had touched it, and stays there for the programs.
#pragma once

#include "kernel/base/checked_math.h"
#include "mm/image_section.h"
#include "pe/byte_source.h"

namespace fl::kernel {

class SectionSource final : public pe::ByteSource {
 public:
  explicit SectionSource(mm::ImageSection& section) : section_(section) {}
  Status Read(u32 offset, std::span<std::byte> out) override {
    if (!FitsWithin(offset, u32(out.size()), section_.layout().mapped_size())) {
      return Status::kInvalidImageFormat;
    }
    return section_.ReadBytes(offset, out);
  }

 private:
  mm::ImageSection& section_;
};

}  // namespace fl::kernel
