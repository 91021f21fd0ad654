// FatNode: a file or directory that somebody has open: one object for all who opened it, so that they
//   see the same size, times and name, and so that its identity outlives its name.
// Owns:        its place among the volume's nodes, and a reference to the volume.
// Invariants:  entry() is what the disk has at place(). No two nodes of a volume have the same place.
//   The root, and an entry that was removed, have no place.
// Identity:    the place where the entry lay when it was opened first. If it moves away while it is
//   open, a newcomer to that place gets a number of its own.
// Threads: what changes a node does so under the volume's lock; the destructor neither sleeps nor
//   needs it.
#pragma once

#include "fs/fat/directory.h"
#include "fs/file_information.h"
#include "fs/file_name.h"
#include "kernel/base/intrusive_list.h"
#include "kernel/base/ref_ptr.h"

namespace fl::fs::fat {

class FatVolume;

BasicInformation BasicOf(const ShortEntry& entry);
/// `entry` as it is after `change`. kInvalidParameter.
Result<ShortEntry> Changed(const ShortEntry& entry, const BasicInformation& change);
/// The entry's last write, and last access with it; nothing if FAT cannot say `now`.
void SetWritten(ShortEntry& entry, u64 now);

class FatNode : public ListNode<FatNode> {
 public:
  FatNode(RefPtr<FatVolume> volume, FileName name, EntryPlace place, const ShortEntry& entry);
  FatNode(const FatNode&) = delete;
  FatNode& operator=(const FatNode&) = delete;

  u64 id() const { return id_; }
  EntryPlace place() const { return place_; }
  const ShortEntry& entry() const { return entry_; }
  const FileName& name() const { return name_; }
  bool is_directory() const { return entry_.attributes & kAttributeDirectory; }
  bool is_removed() const { return removed_; }
  FatVolume& volume() const { return *volume_; }

  /// The entry becomes `entry`, on the disk too if the node still has a place there. Under the volume's
  /// lock; may sleep.
  Status Store(const ShortEntry& entry);
  void MoveTo(EntryPlace place, const ShortEntry& entry, FileName name);
  void Remove() {
    place_ = {};
    removed_ = true;
  }
  Status SetBasicLocked(const BasicInformation& change);

 protected:
  ~FatNode();

 private:
  const RefPtr<FatVolume> volume_;
  FileName name_;
  EntryPlace place_;
  ShortEntry entry_;
  u64 id_;
  bool removed_ = false;
};

}  // namespace fl::fs::fat
