// FatVolume: mounting, finding and opening. Changes are in volume_changes.cpp and volume_rename.cpp.
#include "fs/fat/volume.h"

#include "fs/fat/fat_directory.h"
#include "fs/fat/fat_file.h"
#include "fs/fat/path.h"

namespace fl::fs::fat {

FatVolume::FatVolume(BlockDevice& device, u32 id, System& system, const VolumeLayout& layout)
    : device_(device),
      system_(system),
      id_(id),
      layout_(layout),
      lock_(system),
      cache_(device, {Lba(layout.first_copy), layout.fat_sectors, layout.copies}),
      table_(layout_, cache_),
      allocator_(table_, cache_),
      writer_(device, table_, cache_, allocator_) {}

Result<RefPtr<FatVolume>> FatVolume::Mount(BlockDevice& device, u32 volume_id, System& system,
                                           MountError* error) {
  const VolumeLayout layout = TRY(ReadBootSector(device, error));
  auto volume = AdoptRef(new (std::nothrow) FatVolume(device, volume_id, system, layout));
  if (!volume || IsFailure(volume->cache_.Allocate())) {
    return Refuse(error, Status::kNoMemory, "no memory for the volume");
  }
  volume->cache_.CountSector();  // The boot sector.
  return volume;
}

VolumeCounters FatVolume::Counters() const {
  return {cache_.sectors_read(), data_sectors_, cache_.sectors_written(), data_sectors_written_};
}

Status FatVolume::ReadData(Lba first, u32 sectors, ScatterList buffers) {
  data_sectors_ += sectors;
  return device_.Read(first, buffers);
}

Status FatVolume::WriteData(Lba first, u32 sectors, GatherList buffers) {
  data_sectors_written_ += sectors;
  return device_.Write(first, buffers);
}

Result<DirectoryEntryInfo> FatVolume::MakeInfo(EntryPlace place, const ShortEntry& entry,
                                               FileName name) {
  const FatNode* node = place ? nodes_.Find(place) : nullptr;
  const BasicInformation basic = BasicOf(entry);
  DirectoryEntryInfo info;
  info.name = std::move(name);
  info.is_directory = entry.attributes & kAttributeDirectory;
  info.size = info.is_directory ? 0 : entry.size.get();
  info.allocated_size = AlignUp(info.size, u64(layout_.ClusterBytes()));
  info.attributes = basic.attributes;
  info.times = basic.times;
  info.id = {id_, node ? node->id() : place.number};
  return info;
}

Result<DirectoryEntryInfo> FatVolume::InfoOf(const DirectoryReader& reader) {
  const FatNode* node = nodes_.Find(reader.place());
  return MakeInfo(reader.place(), node ? node->entry() : reader.entry(),
                  TRY(FileName::FromUtf16(reader.name())));
}

Result<Opened> FatVolume::OpenRoot() {
  ShortEntry entry = {};
  entry.attributes = kAttributeDirectory;
  Opened opened;
  auto node = AdoptRef(new (std::nothrow) FatDirectoryNode(RefPtr<FatVolume>(this), FileName(),
                                                           EntryPlace{}, entry));
  if (!node) return Status::kNoMemory;
  opened.directory = AdoptRef(new (std::nothrow) FatDirectory(std::move(node), RootOf(layout_)));
  if (!opened.directory) return Status::kNoMemory;
  opened.info = TRY(MakeInfo({}, entry, FileName()));
  return opened;
}

Result<Opened> FatVolume::OpenEntry(EntryPlace place, const ShortEntry& entry, FileName name) {
  Opened opened;
  FatNode* const known = nodes_.Find(place);
  FileName shown = TRY((known ? known->name() : name).Clone());
  // What an open entry is does not change, whatever a damaged volume lets happen to its sector.
  if ((known ? known->entry() : entry).attributes & kAttributeDirectory) {
    auto node = known ? RefPtr<FatDirectoryNode>(static_cast<FatDirectoryNode*>(known))
                      : AdoptRef(new (std::nothrow) FatDirectoryNode(
                            RefPtr<FatVolume>(this), std::move(name), place, entry));
    if (!node) return Status::kNoMemory;
    opened.info = TRY(MakeInfo(place, node->entry(), std::move(shown)));
    opened.directory =
        AdoptRef(new (std::nothrow) FatDirectory(std::move(node), StartOf(entry, layout_)));
    if (!opened.directory) return Status::kNoMemory;
    return opened;
  }
  auto file = known ? RefPtr<FatFile>(static_cast<FatFile*>(known))
                    : AdoptRef(new (std::nothrow)
                                   FatFile(RefPtr<FatVolume>(this), std::move(name), place, entry));
  if (!file) return Status::kNoMemory;
  opened.info = TRY(MakeInfo(place, file->entry(), std::move(shown)));
  opened.file = std::move(file);
  return opened;
}

Result<DirectoryStart> FatVolume::FindDirectory(Names names,
                                                std::optional<DirectoryStart> forbidden) {
  DirectoryStart directory = RootOf(layout_);
  for (const std::string_view name : names) {
    DirectoryReader reader(table_, cache_, directory);
    if (!TRY(FindEntry(reader, name)) || !reader.is_directory()) return Status::kObjectPathNotFound;
    directory = StartOf(reader.entry(), layout_);
    if (directory == forbidden) return Status::kInvalidParameter;
  }
  return directory;
}

Result<FatVolume::Target> FatVolume::FindTarget(std::string_view path, Status of_root,
                                                std::optional<DirectoryStart> forbidden) {
  Target target;
  target.names = TRY(SplitPath(path));
  if (target.names.empty()) return of_root;
  const Names all = target.names.span();
  target.parent = TRY(FindDirectory(all.first(all.size() - 1), forbidden));
  return target;
}

Result<Opened> FatVolume::Open(std::string_view path) {
  const SharedLock::Reader guard(lock_);
  const Vector<std::string_view> names = TRY(SplitPath(path));
  if (names.empty()) return OpenRoot();
  const Names all = names.span();
  const DirectoryStart parent = TRY(FindDirectory(all.first(all.size() - 1), std::nullopt));
  DirectoryReader reader(table_, cache_, parent);
  if (!TRY(FindEntry(reader, all.back()))) return Status::kObjectNameNotFound;
  if (MeansDirectory(path) && !reader.is_directory()) return Status::kObjectNameInvalid;
  return OpenEntry(reader.place(), reader.entry(), TRY(FileName::FromUtf16(reader.name())));
}

Result<VolumeSpace> FatVolume::Space() {
  const Change guard(*this);
  VolumeSpace space;
  space.total_clusters = layout_.cluster_count;
  space.free_clusters = TRY(allocator_.CountFree());
  space.sectors_per_cluster = layout_.ClusterSectors();
  space.bytes_per_sector = kSectorSize;
  return space;
}

Result<VolumeIdentity> FatVolume::Identity() {
  const SharedLock::Reader guard(lock_);
  VolumeIdentity identity;
  identity.serial = layout_.serial;
  // The root directory's entry counts; the boot sector has a copy that not everybody changes.
  DirectorySectors sectors(table_, RootOf(layout_));
  for (bool more = TRY(sectors.First()); more; more = TRY(sectors.Next())) {
    for (u32 slot = 0; slot < kEntriesInSector; ++slot) {
      ShortEntry entry;
      TRY_STATUS(cache_.Copy(sectors.sector(), slot * kEntryBytes,
                             std::as_writable_bytes(std::span(&entry, 1))));
      if (entry.name[0] == kEndMark) return identity;
      const bool is_label =
          (entry.attributes & kAttributesMask & ~kAttributeArchive) == kAttributeVolumeLabel;
      if (entry.name[0] == kDeleted || !is_label) continue;
      identity.label = TRY(FileName::FromUtf16(DecodeLabel(entry.name).span()));
      return identity;
    }
  }
  return identity;
}

}  // namespace fl::fs::fat
