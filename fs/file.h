// File: the bytes of one file of a volume, for reading.
// Seam: mm/ pages files in through this and knows nothing of FAT.
// Identity: two Files with equal Id() are the same file, however they were named.
#pragma once

#include <string_view>

#include "fs/block_device.h"
#include "kernel/base/ref_ptr.h"

namespace fl::fs {

struct FileId {
  u32 volume = 0;
  u64 file = 0;
  constexpr bool operator==(const FileId&) const = default;
};

class File : public RefCounted<File> {
 public:
  virtual ~File() = default;
  virtual FileId Id() const = 0;
  virtual u64 Size() const = 0;
  /// For messages: the name as it stands on the volume, UTF-8, without directories.
  virtual std::string_view Name() const = 0;
  /// Fills `buffers` with the file's bytes from `offset`; bytes past the file's end become zero, so that
  /// nothing of another file's cluster slack is ever seen. Offsets and lengths that are multiples of
  /// kSectorSize go straight into the buffers, others through a bounce sector. May sleep.
  virtual Status ReadAt(u64 offset, ScatterList buffers) = 0;

  Status ReadAt(u64 offset, std::span<std::byte> buffer) {
    const std::span<std::byte> one[] = {buffer};
    return ReadAt(offset, ScatterList(one));
  }
};

}  // namespace fl::fs
