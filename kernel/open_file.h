// OpenFile: a file or directory of the volume that somebody has open: what all its handles must agree on: who may
// open it besides, whether it is to be removed, which of its bytes are locked, and the pages of its content.
// Owns:        a reference to the file and, from the first use on, to its DataSection.
// Invariants:  one for each file; in OpenFiles' list as long as it lives. `path` is where the file lies now: a
//              directory is not renamed while something in it is open.
// Sharing:     Microsoft Learn, "IoCheckShareAccess": only who reads, writes or deletes takes part.
#pragma once

#include "fs/volume.h"
#include "kernel/base/intrusive_list.h"
#include "kernel/byte_locks.h"
#include "mm/data_section.h"

namespace fl::kernel {

inline constexpr u32 kShareRead = 1;
inline constexpr u32 kShareWrite = 2;
inline constexpr u32 kShareDelete = 4;

/// What one opening wants, and what it leaves to others.
struct ShareWish {
  ShareWish(u32 access, u32 share);
  bool counts() const { return read || write || remove; }
  bool read, write, remove;
  u32 share;
};

class ShareCounts {
 public:
  /// kSharingViolation.
  Status Check(const ShareWish& wish) const;
  void Add(const ShareWish& wish) { Count(wish, 1); }
  void Remove(const ShareWish& wish) { Count(wish, u32(-1)); }

 private:
  void Count(const ShareWish& wish, u32 change);
  u32 opens_ = 0;
  u32 readers_ = 0, writers_ = 0, removers_ = 0;
  u32 leave_read_ = 0, leave_write_ = 0, leave_remove_ = 0;
};

class OpenFile final : public RefCounted<OpenFile>, public ListNode<OpenFile> {
 public:
  OpenFile(const fs::FileId& the_id, RefPtr<fs::File> the_file, Vector<char> the_path)
      : id(the_id), file(std::move(the_file)), path(std::move(the_path)) {}
  ~OpenFile() {
    if (linked()) Unlink();
  }

  /// Null for a directory. Of a removed file, it stays.
  mm::DataSection* pages() const { return pages_.get(); }
  /// The same, made if need be.
  Result<mm::DataSection*> Pages();
  u64 Size() const { return pages_ ? pages_->size() : file ? file->Size() : 0; }
  std::string_view Path() const { return {path.data(), path.size()}; }
  /// Does anybody map it, as data or as an image? What keeps it from being cut or removed.
  bool IsMapped() const;

  const fs::FileId id;
  const RefPtr<fs::File> file;  ///< Null for a directory.
  Vector<char> path;
  ShareCounts shares;
  u32 handles = 0;  ///< File objects that still have handles.
  bool remove_at_close = false;
  bool removed = false;
  ByteLocks locks;

 private:
  RefPtr<mm::DataSection> pages_;
};

class OpenFiles {
 public:
  /// The one of the file that was opened by `path`. kNoMemory.
  Result<RefPtr<OpenFile>> FindOrAdd(const fs::Opened& opened, std::string_view path);
  OpenFile* Find(const fs::FileId& id);
  /// Is something open that lies in the directory `path`?
  bool AnyBelow(std::string_view path);

 private:
  IntrusiveList<OpenFile> files_;
};

}  // namespace fl::kernel
