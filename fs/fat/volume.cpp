// FatVolume: see volume.h.
#include "fs/fat/volume.h"

#include "fs/fat/fat_file.h"
#include "fs/fat/fat_time.h"
#include "fs/unicode.h"

namespace fl::fs::fat {
namespace {

constexpr u32 kMaxComponent = 255;  // UTF-16 units.

class FatDirectory final : public Directory {
 public:
  FatDirectory(RefPtr<FatVolume> volume, DirectoryStart start)
      : volume_(std::move(volume)), reader_(volume_->table(), volume_->cache(), start) {}

  Result<bool> Next(DirectoryEntryInfo* entry) override {
    if (busy_) return Status::kInvalidDeviceRequest;
    busy_ = true;
    Result<bool> result = NextOfReader(entry);
    busy_ = false;
    return result;
  }
  Status Rewind() override {
    if (busy_) return Status::kInvalidDeviceRequest;
    reader_.Rewind();
    pending_ = false;
    return Status::kSuccess;
  }

 private:
  Result<bool> NextOfReader(DirectoryEntryInfo* entry) {
    // An entry that could not be handed over for want of memory comes again.
    if (!pending_ && !TRY(reader_.Next())) return false;
    pending_ = true;
    *entry = TRY(InfoOf(reader_, volume_->Id()));
    pending_ = false;
    return true;
  }

  const RefPtr<FatVolume> volume_;
  DirectoryReader reader_;
  bool busy_ = false;
  bool pending_ = false;
};

/// Could a file have this name at all?
Status CheckComponent(std::string_view component) {
  u32 units = 0;
  while (!component.empty()) {
    const std::optional<u32> c = TakeUtf8(component);
    if (!c || IsForbiddenInName(*c)) return Status::kObjectNameInvalid;
    units += *c < 0x10000 ? 1 : 2;
  }
  return units <= kMaxComponent ? Status::kSuccess : Status::kObjectNameInvalid;
}

bool IsSeparator(char c) { return c == '\\' || c == '/'; }

/// The components of `path` that are left when "." and ".." have had their effect.
Result<Vector<std::string_view>> SplitPath(std::string_view path) {
  Vector<std::string_view> components;
  while (!path.empty()) {
    std::size_t length = 0;
    while (length < path.size() && !IsSeparator(path[length])) ++length;
    const std::string_view component = path.substr(0, length);
    path.remove_prefix(length < path.size() ? length + 1 : length);
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (!components.empty()) components.Pop();
      continue;
    }
    TRY_STATUS(CheckComponent(component));
    TRY_STATUS(components.Push(component));
  }
  return components;
}

/// Takes `reader` to the entry called `name`; false: there is none.
Result<bool> FindEntry(DirectoryReader& reader, std::string_view name) {
  while (TRY(reader.Next())) {
    if (DotEntryOf(reader.entry().name) == DotEntry::kNone && reader.IsNamed(name)) return true;
  }
  return false;
}

}  // namespace

Result<DirectoryEntryInfo> InfoOf(const DirectoryReader& reader, u32 volume_id) {
  const ShortEntry& entry = reader.entry();
  DirectoryEntryInfo info;
  info.name = TRY(FileName::FromUtf16(reader.name()));
  info.is_directory = reader.is_directory();
  info.size = info.is_directory ? 0 : entry.size.get();
  info.attributes = entry.attributes & kAttributesMask;
  info.times.creation =
      NtTimeOf(entry.creation_date, entry.creation_time, entry.creation_hundredths);
  info.times.last_access = NtTimeOf(entry.access_date, 0, 0);
  info.times.last_write = NtTimeOf(entry.write_date, entry.write_time, 0);
  info.id = {volume_id, reader.id()};
  return info;
}

Result<RefPtr<FatVolume>> FatVolume::Mount(BlockDevice& device, u32 volume_id, MountError* error) {
  const VolumeLayout layout = TRY(ReadBootSector(device, error));
  auto volume = AdoptRef(new (std::nothrow) FatVolume(device, volume_id, layout));
  if (!volume || IsFailure(volume->cache_.Allocate())) {
    return Refuse(error, Status::kNoMemory, "no memory for the volume");
  }
  volume->cache_.CountSector();  // The boot sector.
  return volume;
}

Status FatVolume::ReadData(Lba first, u32 sectors, ScatterList buffers) {
  data_sectors_ += sectors;
  return device_.Read(first, buffers);
}

Result<Opened> FatVolume::OpenRoot() {
  Opened opened;
  opened.directory =
      AdoptRef(new (std::nothrow) FatDirectory(RefPtr<FatVolume>(this), RootOf(layout_)));
  if (!opened.directory) return Status::kNoMemory;
  opened.info.is_directory = true;
  opened.info.attributes = kAttributeDirectory;
  opened.info.id = {id_, 0};
  return opened;
}

Result<Opened> FatVolume::OpenEntry(const DirectoryReader& reader) {
  Opened opened;
  opened.info = TRY(InfoOf(reader, id_));
  const ShortEntry& entry = reader.entry();
  if (reader.is_directory()) {
    opened.directory =
        AdoptRef(new (std::nothrow) FatDirectory(RefPtr<FatVolume>(this), StartOf(entry, layout_)));
    if (!opened.directory) return Status::kNoMemory;
    return opened;
  }
  const FatFile::Place place = {FirstClusterOf(entry, layout_.width), entry.size, reader.id()};
  FileName name = TRY(opened.info.name.Clone());
  opened.file =
      AdoptRef(new (std::nothrow) FatFile(RefPtr<FatVolume>(this), std::move(name), place));
  if (!opened.file) return Status::kNoMemory;
  return opened;
}

Result<Opened> FatVolume::Open(std::string_view path) {
  const Vector<std::string_view> components = TRY(SplitPath(path));
  if (components.empty()) return OpenRoot();
  DirectoryStart directory = RootOf(layout_);
  for (u32 i = 0;; ++i) {
    const bool is_last = i + 1 == components.size();
    DirectoryReader reader(table_, cache_, directory);
    if (!TRY(FindEntry(reader, components[i]))) {
      return is_last ? Status::kObjectNameNotFound : Status::kObjectPathNotFound;
    }
    if (is_last) {
      // A separator at the end says that a directory is meant.
      if (IsSeparator(path.back()) && !reader.is_directory()) return Status::kObjectNameInvalid;
      return OpenEntry(reader);
    }
    if (!reader.is_directory()) return Status::kObjectPathNotFound;
    directory = StartOf(reader.entry(), layout_);
  }
}

}  // namespace fl::fs::fat
