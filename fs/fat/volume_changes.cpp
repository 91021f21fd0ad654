// FatVolume: what makes files and directories, and what takes them away.
#include "fs/fat/fat_directory.h"
#include "fs/fat/fat_file.h"
#include "fs/fat/fat_time.h"
#include "fs/fat/new_name.h"
#include "fs/fat/path.h"
#include "fs/fat/volume.h"

namespace fl::fs::fat {
namespace {

constexpr u8 kDot[kShortNameBytes + 1] = ".          ";
constexpr u8 kDotDot[kShortNameBytes + 1] = "..         ";

ShortEntry MakeDotEntry(const u8 (&name)[kShortNameBytes + 1], u32 cluster,
                        const ShortEntry& like) {
  ShortEntry entry = like;
  __builtin_memcpy(entry.name, name, kShortNameBytes);
  entry.attributes = kAttributeDirectory;
  SetFirstCluster(entry, cluster);
  return entry;
}

}  // namespace

FatVolume::Change::Change(FatVolume& volume) : volume_(volume), guard_(volume.lock_) {
  volume_.allocator_.LearnInformation();
  volume_.FreeOrphans();
}

FatVolume::Change::~Change() {
  volume_.cache_.Abandon();
  volume_.allocator_.WriteInformation();
}

void FatVolume::FreeOrphans() {
  while (const u32 cluster = nodes_.TakeOrphan()) allocator_.Free(cluster);
}

Result<std::optional<FatVolume::Found>> FatVolume::Find(const Target& target) {
  DirectoryReader reader(table_, cache_, target.parent);
  if (!TRY(FindEntry(reader, target.name()))) return std::optional<Found>();
  const FatNode* node = nodes_.Find(reader.place());
  return std::optional<Found>({node ? node->entry() : reader.entry(), reader.slots()});
}

Result<FatVolume::Found> FatVolume::FindExisting(const Target& target) {
  const std::optional<Found> found = TRY(Find(target));
  if (!found) return Status::kObjectNameNotFound;
  return *found;
}

Result<ShortEntry> FatVolume::NewEntry(EntryKind kind, u32 attributes) {
  ShortEntry entry = {};
  if (kind == EntryKind::kDirectory) {
    entry.attributes = kAttributeDirectory;
    attributes |= kAttributeIsDirectory;
  } else {
    // New to whoever backs up what is new.
    attributes |= kAttributeArchive;
  }
  BasicInformation basic;
  basic.attributes = attributes;
  basic.times.creation = system_.Now();
  // A clock that is not in FAT's years leaves no times.
  if (!FatTimeOf(basic.times.creation)) basic.times.creation = 0;
  basic.times.last_access = basic.times.last_write = basic.times.creation;
  return Changed(entry, basic);
}

/// A cluster with "." and "..", taken.
Result<u32> FatVolume::NewDirectoryCluster(DirectoryStart parent, const ShortEntry& entry) {
  Vector<ClusterRun> runs;
  TRY_STATUS(allocator_.Find(0, 1, runs));
  const u32 cluster = runs[0].cluster;
  // The root is cluster 0 here, even on FAT32.
  const u32 parent_cluster = parent == RootOf(layout_) ? 0 : parent.cluster;
  const ShortEntry dots[] = {MakeDotEntry(kDot, cluster, entry),
                             MakeDotEntry(kDotDot, parent_cluster, entry)};
  TRY_STATUS(writer_.InitializeCluster(cluster, dots));
  TRY_STATUS(allocator_.Take(runs.span()));
  return cluster;
}

/// The entry gets its name and its place.
Result<Opened> FatVolume::CreateIn(const Target& target, const ShortEntry& entry) {
  DirectoryReader reader(table_, cache_, target.parent);
  const Vector<ShortEntry> entries = TRY(MakeEntries(target.name(), entry, reader, {}));
  const EntryRoom room = TRY(writer_.FindRoom(target.parent, entries.size(), {}));
  FileName name = TRY(FileName::FromUtf8(target.name()));
  // Everything that can fail for want of memory comes before the first write.
  Opened opened = TRY(OpenEntry(room.slots.place(), entries[entries.size() - 1], std::move(name)));
  TRY_STATUS(writer_.Write(room, entries.span()));
  return opened;
}

Result<Opened> FatVolume::Create(std::string_view path, EntryKind kind, u32 attributes) {
  if (kind == EntryKind::kFile && MeansDirectory(path)) return Status::kObjectNameInvalid;
  const Change guard(*this);
  const Target target = TRY(FindTarget(path, Status::kObjectNameCollision));
  if (TRY(Find(target))) return Status::kObjectNameCollision;
  ShortEntry entry = TRY(NewEntry(kind, attributes));
  if (kind == EntryKind::kFile) return CreateIn(target, entry);
  const u32 cluster = TRY(NewDirectoryCluster(target.parent, entry));
  SetFirstCluster(entry, cluster);
  Result<Opened> opened = CreateIn(target, entry);
  if (!opened.ok()) {
    cache_.Abandon();
    const ClusterRun one[] = {{cluster, 1}};
    allocator_.GiveBack(one);
  }
  return opened;
}

Status FatVolume::CheckEmpty(const Found& found) {
  DirectoryReader reader(table_, cache_, StartOf(found.entry, layout_));
  while (TRY(reader.Next())) {
    if (DotEntryOf(reader.entry().name) == DotEntry::kNone) return Status::kDirectoryNotEmpty;
  }
  return Status::kSuccess;
}

/// The entry is off the disk: its clusters go too, now or when nobody has it open any more.
void FatVolume::ForgetRemoved(const Found& found) {
  FatNode* node = nodes_.Find(found.place());
  if (node) {
    node->Remove();
    if (!found.is_directory()) {
      nodes_.NoteRemoved();
      return;
    }
  }
  allocator_.Free(FirstClusterOf(found.entry, layout_.width));
}

Status FatVolume::Remove(std::string_view path) {
  const Change guard(*this);
  const Target target = TRY(FindTarget(path, Status::kCannotDelete));
  const Found found = TRY(FindExisting(target));
  if (MeansDirectory(path) && !found.is_directory()) return Status::kObjectNameInvalid;
  if (found.entry.attributes & kAttributeReadOnly) return Status::kCannotDelete;
  if (found.is_directory()) TRY_STATUS(CheckEmpty(found));
  TRY_STATUS(nodes_.ReserveOrphan());
  const TakenEntries taken = TRY(writer_.Look(found.slots));
  Status status = writer_.Take(found.slots);
  if (IsSuccess(status)) status = cache_.Flush();
  if (IsFailure(status)) {
    cache_.Abandon();
    (void)writer_.Restore(taken);
    return status;
  }
  ForgetRemoved(found);
  return Status::kSuccess;
}

Status FatVolume::Flush() {
  const Change guard(*this);
  return device_.Flush();
}

}  // namespace fl::fs::fat
