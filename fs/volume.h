// Volume: a tree of directories and files on a disk.
// Seam: the kernel finds and changes files by path through this and knows nothing of FAT; fs/fat
//   implements it.
// Lives: by reference count; its files and directories hold a reference. The BlockDevice that it
//   was mounted on outlives it.
// Paths: UTF-8, relative to the root, components separated by '\\' or '/', compared without case.
//   "" is the root. "." and ".." are resolved in the text, before the volume is asked; ".." of the
//   root is the root. Dots and spaces at a component's end do not count. kObjectNameNotFound: the
//   last component is missing; kObjectPathNotFound: an earlier one is missing or no directory;
//   kObjectNameInvalid: no file can have such a name.
// Changes: each is done or not done. One that fails for a write that the disk refused leaves what it
//   began as it was, unless the disk refuses that too; a volume that lost its power in the middle
//   has lost clusters at worst. All but the readers may sleep.
#pragma once

#include <string_view>

#include "fs/file.h"
#include "fs/file_name.h"
#include "fs/mount_error.h"
#include "kernel/base/result.h"

namespace fl::fs {

struct DirectoryEntryInfo {
  FileName name;  ///< As stored; empty for the root.
  bool is_directory = false;
  u64 size = 0;            ///< In bytes; 0 for a directory.
  u64 allocated_size = 0;  ///< In whole clusters; 0 for a directory.
  u32 attributes = 0;      ///< kAttribute..., FILE_ATTRIBUTE_DIRECTORY included.
  FileTimes times;
  FileId id;
};

/// One walk over the entries of a directory, "." and ".." included if the volume stores them. Entries
/// that come and go meanwhile may be met or not, the others are met once.
class Directory : public RefCounted<Directory> {
 public:
  virtual ~Directory() = default;
  /// Fills `entry` with the next entry; false: there was none. The caller lets one thread in at a
  /// time; a second one is turned away with kInvalidDeviceRequest. May sleep.
  virtual Result<bool> Next(DirectoryEntryInfo* entry) = 0;
  /// The next entry will be the first one again.
  virtual Status Rewind() = 0;
  virtual FileId Id() const = 0;
  virtual BasicInformation Basic() const = 0;
  /// As of a file; kInvalidParameter also for the root, of which the volume keeps nothing.
  virtual Status SetBasic(const BasicInformation& change) = 0;
};

struct Opened {
  RefPtr<File> file;            ///< Null for a directory.
  RefPtr<Directory> directory;  ///< Null for a file.
  DirectoryEntryInfo info;
};

struct VolumeCounters {
  u64 metadata_sectors = 0;  ///< Sectors read of the boot sector, the FAT and directories.
  u64 data_sectors = 0;      ///< Sectors read of files' contents.
  u64 metadata_sectors_written = 0;
  u64 data_sectors_written = 0;
};

struct VolumeSpace {
  u64 total_clusters = 0;
  u64 free_clusters = 0;
  u32 sectors_per_cluster = 0;
  u32 bytes_per_sector = 0;
};

struct VolumeIdentity {
  FileName label;  ///< Empty: none.
  u32 serial = 0;
};

enum class EntryKind : u8 { kFile, kDirectory };
enum class Replace : u8 { kNo, kYes };

class Volume : public RefCounted<Volume> {
 public:
  virtual ~Volume() = default;
  virtual u32 Id() const = 0;
  virtual Result<Opened> Open(std::string_view path) = 0;
  /// A new and empty file or directory. kObjectNameCollision: the name is taken; kDiskFull;
  /// kCannotMake: the directory has no room.
  virtual Result<Opened> Create(std::string_view path, EntryKind kind, u32 attributes) = 0;
  /// Takes the name away; the bytes stay for whoever holds the File. kCannotDelete: the root, or a
  /// read-only entry; kDirectoryNotEmpty.
  virtual Status Remove(std::string_view path) = 0;
  /// Gives a file or directory another name, in the same or another directory. With Replace::kYes it
  /// takes the place of a file of that name, never of a directory or a read-only file
  /// (kAccessDenied). kInvalidParameter: a directory cannot go into itself.
  virtual Status Rename(std::string_view from, std::string_view to, Replace replace) = 0;
  virtual Result<VolumeSpace> Space() = 0;
  virtual Result<VolumeIdentity> Identity() = 0;
  /// All that was changed outlasts a loss of power, and the clusters of removed files that nobody holds
  /// any more are free.
  virtual Status Flush() = 0;
  virtual VolumeCounters Counters() const = 0;
  /// Forgets what can be read again, so that it will be.
  virtual void DropCache() = 0;
};

}  // namespace fl::fs
