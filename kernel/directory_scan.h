// DirectoryScan: a directory handle's walk over the entries that match a pattern.
// Invariants:  the pattern is that of the first call; an entry that had no room is given again.
// Locks:       the caller holds the file object's lock.
#pragma once

#include "fs/volume.h"

namespace fl::kernel {

class DirectoryScan {
 public:
  explicit DirectoryScan(RefPtr<fs::Directory> directory) : directory_(std::move(directory)) {}

  bool has_pattern() const { return has_pattern_; }
  /// Empty: all entries.
  Status SetPattern(std::span<const char16_t> pattern);
  Status Rewind();
  /// The next entry that matches, which stays the next until Take; null at the end. May sleep.
  Result<const fs::DirectoryEntryInfo*> Peek();
  std::span<const char16_t> name() const { return name_.span(); }
  void Take() { has_next_ = false; }

 private:
  const RefPtr<fs::Directory> directory_;
  Vector<char16_t> pattern_;
  bool has_pattern_ = false;
  bool has_next_ = false;
  fs::DirectoryEntryInfo next_;
  Vector<char16_t> name_;  ///< Of `next_`.
};

}  // namespace fl::kernel
