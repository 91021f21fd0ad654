// Volume: a tree of directories and files on a disk, for reading.
// Seam: the kernel finds files by path through this and knows nothing of FAT; fs/fat implements it.
// Lives: by reference count; its files and directories hold a reference. The BlockDevice that it
//   was mounted on outlives it.
#pragma once

#include <string_view>

#include "fs/file.h"
#include "fs/file_name.h"
#include "fs/mount_error.h"
#include "kernel/base/result.h"

namespace fl::fs {

/// NT's times: units of 100 ns since 1601-01-01 UTC; 0 where the volume does not say.
struct FileTimes {
  u64 creation = 0;
  u64 last_access = 0;
  u64 last_write = 0;
};

struct DirectoryEntryInfo {
  FileName name;  ///< As stored; empty for the root.
  bool is_directory = false;
  u64 size = 0;        ///< In bytes; 0 for a directory.
  u32 attributes = 0;  ///< FILE_ATTRIBUTE_READONLY, _HIDDEN, _SYSTEM, _DIRECTORY, _ARCHIVE.
  FileTimes times;
  FileId id;
};

/// One walk over the entries of a directory, "." and ".." included if the volume stores them.
class Directory : public RefCounted<Directory> {
 public:
  virtual ~Directory() = default;
  /// Fills `entry` with the next entry; false: there was none. The caller lets one thread in at a
  /// time; a second one is turned away with kInvalidDeviceRequest. May sleep.
  virtual Result<bool> Next(DirectoryEntryInfo* entry) = 0;
  /// The next entry will be the first one again.
  virtual Status Rewind() = 0;
};

struct Opened {
  RefPtr<File> file;            ///< Null for a directory.
  RefPtr<Directory> directory;  ///< Null for a file.
  DirectoryEntryInfo info;
};

struct VolumeCounters {
  u64 metadata_sectors = 0;  ///< Sectors read of the boot sector, the FAT and directories.
  u64 data_sectors = 0;      ///< Sectors read of files' contents.
};

class Volume : public RefCounted<Volume> {
 public:
  virtual ~Volume() = default;
  virtual u32 Id() const = 0;
  /// `path`: UTF-8, relative to the root, components separated by '\\' or '/', compared without
  /// case.
  /// "" is the root. "." and ".." are resolved in the text, before the volume is asked; ".." of the
  /// root is the root. kObjectNameNotFound: the last component is missing; kObjectPathNotFound: an
  /// earlier one is missing or no directory; kObjectNameInvalid: no file can have such a name. May
  /// sleep.
  virtual Result<Opened> Open(std::string_view path) = 0;
  virtual VolumeCounters Counters() const = 0;
  /// Forgets what can be read again, so that it will be.
  virtual void DropCache() = 0;
};

}  // namespace fl::fs
