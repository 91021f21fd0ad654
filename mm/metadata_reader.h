// MetadataReader: what is read of a file beside its pages: relocation tables, and tails of pages
// that are not here. Nothing of it stays resident.
// Invariant: reads from the file are whole sectors, so that they go straight to the disk; the
//   window spares a read for each of the many small questions that a table's reader asks.
#pragma once

#include <cstring>

#include "fs/file.h"
#include "kernel/base/vector.h"
#include "pe/image_file_source.h"

namespace fl::mm {

class MetadataReader final : public pe::FileBytes {
 public:
  /// `file` must outlive this.
  explicit MetadataReader(fs::File& file) : file_(file) {}

  Status ReadAt(u64 offset, std::span<std::byte> out) override {
    while (!out.empty()) {
      if (offset < start_ || offset - start_ >= window_.size())
        TRY_STATUS(Fill(offset, out.size()));
      const u32 within = u32(offset - start_);
      const u32 left = window_.size() - within;
      const u32 count = out.size() < left ? u32(out.size()) : left;
      std::memcpy(out.data(), window_.data() + within, count);
      out = out.subspan(count);
      offset += count;
    }
    return Status::kSuccess;
  }
  u32 bytes_read() const { return bytes_read_; }

 private:
  static constexpr u32 kWindow = 4096;

  /// One sector is enough for whoever asks once; who goes on asking gets a whole window.
  Status Fill(u64 offset, std::size_t wanted) {
    const u64 start = AlignDown<u64>(offset, kSectorSize);
    const bool once = bytes_read_ == 0 && offset - start + wanted <= kSectorSize;
    window_.Clear();
    TRY_STATUS(window_.Resize(once ? kSectorSize : kWindow));
    if (const Status status = file_.ReadAt(start, window_.span()); IsFailure(status)) {
      window_.Clear();
      return status;
    }
    start_ = start;
    bytes_read_ += window_.size();
    return Status::kSuccess;
  }

  fs::File& file_;
  Vector<std::byte> window_;
  u64 start_ = 0;
  u32 bytes_read_ = 0;
};

}  // namespace fl::mm
