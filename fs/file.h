// File: the bytes of one file of a volume.
// Seam: mm/ pages files in and out through this and knows nothing of FAT.
// Identity: two Files with equal Id() are the same file, however they were named. It stays what it is
//   while anybody holds the File, whatever the file is called meanwhile, and is no other file's.
// Removed files: a File whose name is gone keeps its bytes and works until nobody holds it.
#pragma once

#include <string_view>

#include "fs/block_device.h"
#include "fs/file_information.h"
#include "kernel/base/ref_ptr.h"

namespace fl::fs {

class File : public RefCounted<File> {
 public:
  virtual ~File() = default;
  virtual FileId Id() const = 0;
  virtual u64 Size() const = 0;
  /// What the file takes of the volume, in bytes.
  virtual u64 AllocatedSize() const = 0;
  /// For messages: the name as it stands on the volume, UTF-8, without directories; until the caller
  /// sleeps.
  virtual std::string_view Name() const = 0;
  virtual BasicInformation Basic() const = 0;

  /// Fills `buffers` with the file's bytes from `offset`; bytes past the file's end become zero, so that
  /// nothing of another file's cluster slack is ever seen. Offsets and lengths that are multiples of
  /// kSectorSize go straight into the buffers, others through a bounce sector. May sleep.
  virtual Status ReadAt(u64 offset, ScatterList buffers) = 0;
  /// The other way round. Past the file's end it grows; what lies between becomes zero. A failure
  /// leaves the size as it was, and the bytes within it old or new. kDiskFull before anything is
  /// written, also where the volume's format cannot say the size. May sleep.
  virtual Status WriteAt(u64 offset, GatherList buffers) = 0;
  /// Keeps as much of the volume free as the file needs to become `size` bytes long, in place of what was kept
  /// for it before: WriteAt and SetSize up to there find room. Given back with the last holder. kDiskFull
  /// changes nothing. May sleep.
  virtual Status Reserve(u64 size) = 0;
  /// Cuts the file, or makes it grow by zeros. A failure changes nothing. May sleep.
  virtual Status SetSize(u64 size) = 0;
  /// kInvalidParameter: the volume cannot say this time. May sleep.
  virtual Status SetBasic(const BasicInformation& change) = 0;
  /// All that was written outlasts a loss of power. May sleep.
  virtual Status Flush() = 0;

  Status ReadAt(u64 offset, std::span<std::byte> buffer) {
    const std::span<std::byte> one[] = {buffer};
    return ReadAt(offset, ScatterList(one));
  }
  Status WriteAt(u64 offset, std::span<const std::byte> buffer) {
    const std::span<const std::byte> one[] = {buffer};
    return WriteAt(offset, GatherList(one));
  }
};

}  // namespace fl::fs
