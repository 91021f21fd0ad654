// FatVolume::Rename: an entry leaves its slots and comes back under another name, perhaps elsewhere,
// perhaps in place of another one.
// Order: the old entry goes; then, for a directory that changes its parent, ".." is set; then the entry
//   that is replaced goes and the new one comes. At no time do two entries name the same clusters. If
//   the new entry finds room in the sector of the one that it replaces, else of the old one, those
//   steps are one write, so the name always means the one or the other: that is what programs do
//   that save a file by renaming a new one over it.
#include "fs/fat/fat_directory.h"
#include "fs/fat/fat_file.h"
#include "fs/fat/new_name.h"
#include "fs/fat/path.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {

struct FatVolume::Move {
  const Found& source;
  const std::optional<Found>& replaced;
  std::span<const ShortEntry> entries;  ///< The new ones.
  const EntryRoom& room;
  std::optional<DirectoryStart> old_parent, new_parent;  ///< Of a directory whose ".." changes.
  std::optional<TakenEntries> taken_source, taken_replaced;
  const ShortEntry& entry() const { return entries.back(); }
};

/// Lets ".." of `directory` lead to `parent`. A ".." that is not where it belongs is left alone.
Status FatVolume::SetParentOf(const Found& directory, DirectoryStart parent) {
  const u32 cluster = FirstClusterOf(directory.entry, layout_.width);
  if (!layout_.Contains(cluster)) return Status::kFileCorrupt;
  const EntryPlace place = EntryPlace::At(layout_.FirstSector(cluster), 1);
  ShortEntry entry;
  TRY_STATUS(
      cache_.Copy(place.sector(), place.offset(), std::as_writable_bytes(std::span(&entry, 1))));
  if (DotEntryOf(entry.name) != DotEntry::kParent) return Status::kSuccess;
  SetFirstCluster(entry, parent == RootOf(layout_) ? 0 : parent.cluster);
  return cache_.Change(place.sector(), place.offset(), std::as_bytes(std::span(&entry, 1)));
}

Status FatVolume::Apply(Move& move) {
  move.taken_source = TRY(writer_.Look(move.source.slots));
  TRY_STATUS(writer_.Take(move.source.slots));
  if (move.new_parent) TRY_STATUS(SetParentOf(move.source, *move.new_parent));
  if (move.replaced) {
    move.taken_replaced = TRY(writer_.Look(move.replaced->slots));
    TRY_STATUS(writer_.Take(move.replaced->slots));
  }
  return writer_.Write(move.room, move.entries);
}

/// Brings back what went, as far as the disk lets us. The new entry is not seen: what makes it visible
/// is the last write of all, and that one failed or was never reached.
void FatVolume::Undo(Move& move) {
  cache_.Abandon();
  if (move.taken_replaced) (void)writer_.Restore(*move.taken_replaced);
  if (move.taken_source && move.old_parent) {
    (void)SetParentOf(move.source, *move.old_parent);
    (void)cache_.Flush();
  }
  if (move.taken_source) (void)writer_.Restore(*move.taken_source);
  cache_.Abandon();
}

Status FatVolume::Rename(std::string_view from, std::string_view to, Replace replace) {
  const Change guard(*this);
  const Target old_target = TRY(FindTarget(from, Status::kAccessDenied));
  const Found source = TRY(FindExisting(old_target));
  if (MeansDirectory(from) && !source.is_directory()) return Status::kObjectNameInvalid;
  if (MeansDirectory(to) && !source.is_directory()) return Status::kObjectNameInvalid;
  std::optional<DirectoryStart> own_start;
  if (source.is_directory()) own_start = StartOf(source.entry, layout_);
  const Target new_target = TRY(FindTarget(to, Status::kObjectNameCollision, own_start));

  std::optional<Found> replaced = TRY(Find(new_target));
  if (replaced && replaced->place() == source.place()) replaced.reset();
  if (replaced) {
    if (replace == Replace::kNo) return Status::kObjectNameCollision;
    if (replaced->is_directory()) return Status::kAccessDenied;
    if (replaced->entry.attributes & kAttributeReadOnly) return Status::kAccessDenied;
  }

  const bool same_parent = old_target.parent == new_target.parent;
  const EntryPlace leaving[] = {source.place(), replaced ? replaced->place() : source.place()};
  DirectoryReader reader(table_, cache_, new_target.parent);
  const Vector<ShortEntry> entries =
      TRY(MakeEntries(new_target.name(), source.entry, reader, leaving));
  const EntrySlots room_is_wanted_at = replaced      ? replaced->slots
                                       : same_parent ? source.slots
                                                     : EntrySlots();
  const EntryRoom room =
      TRY(writer_.FindRoom(new_target.parent, entries.size(), room_is_wanted_at));
  FileName name = TRY(FileName::FromUtf8(new_target.name()));
  TRY_STATUS(nodes_.ReserveOrphan());

  Move move{source, replaced, entries.span(), room, {}, {}, {}, {}};
  if (source.is_directory() && !same_parent) {
    move.old_parent = old_target.parent;
    move.new_parent = new_target.parent;
  }
  if (const Status status = Apply(move); IsFailure(status)) {
    Undo(move);
    return status;
  }
  // The one that was replaced first: its place may be the other's by now.
  if (replaced) ForgetRemoved(*replaced);
  if (FatNode* node = nodes_.Find(source.place())) {
    node->MoveTo(room.slots.place(), move.entry(), std::move(name));
  }
  return Status::kSuccess;
}

}  // namespace fl::fs::fat
