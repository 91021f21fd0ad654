// FatDirectory: see fat_directory.h.
#include "fs/fat/fat_directory.h"

namespace fl::fs::fat {

FatDirectory::FatDirectory(RefPtr<FatDirectoryNode> node, DirectoryStart start)
    : node_(std::move(node)), reader_(node_->volume().table(), node_->volume().cache(), start) {}

Result<bool> FatDirectory::Next(DirectoryEntryInfo* entry) {
  if (busy_) return Status::kInvalidDeviceRequest;
  busy_ = true;
  Result<bool> result = NextOfReader(entry);
  busy_ = false;
  return result;
}

Result<bool> FatDirectory::NextOfReader(DirectoryEntryInfo* entry) {
  FatVolume& volume = node_->volume();
  const SharedLock::Reader guard(volume.lock());
  if (node_->is_removed()) return false;
  // An entry that could not be handed over for want of memory comes again.
  if (!pending_ && !TRY(reader_.Next())) return false;
  pending_ = true;
  *entry = TRY(volume.InfoOf(reader_));
  pending_ = false;
  return true;
}

Status FatDirectory::Rewind() {
  if (busy_) return Status::kInvalidDeviceRequest;
  reader_.Rewind();
  pending_ = false;
  return Status::kSuccess;
}

FileId FatDirectory::Id() const { return {node_->volume().Id(), node_->id()}; }

BasicInformation FatDirectory::Basic() const { return BasicOf(node_->entry()); }

}  // namespace fl::fs::fat
