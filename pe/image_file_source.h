// ImageFileSource: an image as its file alone makes it: laid out, but not relocated and not bound.
// What must not depend on the base (building the relocation index, reading lookup tables) reads
// here.
#pragma once

#include "pe/byte_source.h"
#include "pe/image_layout.h"

namespace fl::pe {

/// Seam: the bytes of the image's file.
class FileBytes {
 public:
  /// Fills all of `out`; the layout never leads past the file's end.
  virtual Status ReadAt(u64 offset, std::span<std::byte> out) = 0;

 protected:
  ~FileBytes() = default;
};

class ImageFileSource final : public ByteSource {
 public:
  /// Both must outlive this.
  ImageFileSource(FileBytes& file, const ImageLayout& layout) : file_(file), layout_(layout) {}
  Status Read(u32 offset, std::span<std::byte> out) override;

 private:
  FileBytes& file_;
  const ImageLayout& layout_;
};

}  // namespace fl::pe
