// OpenFile: see open_file.h.
#include "kernel/open_file.h"

#include "kernel/kernel.h"
#include "kernel/syscall/access_rights.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

constexpr u32 kReads = 0x0001 | 0x0020;   // FILE_READ_DATA, FILE_EXECUTE
constexpr u32 kWrites = 0x0002 | 0x0004;  // FILE_WRITE_DATA, FILE_APPEND_DATA

}  // namespace

ShareWish::ShareWish(u32 access, u32 the_share)
    : read((access & kReads) != 0),
      write((access & kWrites) != 0),
      remove((access & kDelete) != 0),
      share(the_share) {}

Status ShareCounts::Check(const ShareWish& wish) const {
  if (!wish.counts()) return Status::kSuccess;
  const bool refused = (wish.read && leave_read_ < opens_) ||
                       (wish.write && leave_write_ < opens_) ||
                       (wish.remove && leave_remove_ < opens_) ||
                       (readers_ != 0 && (wish.share & kShareRead) == 0) ||
                       (writers_ != 0 && (wish.share & kShareWrite) == 0) ||
                       (removers_ != 0 && (wish.share & kShareDelete) == 0);
  return refused ? Status::kSharingViolation : Status::kSuccess;
}

void ShareCounts::Count(const ShareWish& wish, u32 change) {
  if (!wish.counts()) return;
  opens_ += change;
  if (wish.read) readers_ += change;
  if (wish.write) writers_ += change;
  if (wish.remove) removers_ += change;
  if ((wish.share & kShareRead) != 0) leave_read_ += change;
  if ((wish.share & kShareWrite) != 0) leave_write_ += change;
  if ((wish.share & kShareDelete) != 0) leave_remove_ += change;
}

Result<mm::DataSection*> OpenFile::Pages() {
  if (!file) return Status::kFileIsADirectory;
  if (!pages_) pages_ = TRY(TheKernel().files.Acquire(file));
  return pages_.get();
}

bool OpenFile::IsMapped() const {
  if (!file) return false;
  const mm::DataSection* const data = TheKernel().files.Find(id);
  return (data && data->in_use()) || TheKernel().images.IsInUse(id);
}

OpenFile* OpenFiles::Find(const fs::FileId& id) {
  for (OpenFile& file : files_) {
    if (file.id == id) return &file;
  }
  return nullptr;
}

Result<RefPtr<OpenFile>> OpenFiles::FindOrAdd(const fs::Opened& opened, std::string_view path) {
  if (OpenFile* const found = Find(opened.info.id)) return RefPtr<OpenFile>(found);
  while (!path.empty() && path.back() == '\\') path.remove_suffix(1);
  Vector<char> own;
  TRY_STATUS(own.Append(path));
  const auto added =
      AdoptRef(new (std::nothrow) OpenFile(opened.info.id, opened.file, std::move(own)));
  if (!added) return Status::kNoMemory;
  files_.PushBack(*added);
  return added;
}

bool OpenFiles::AnyBelow(std::string_view path) {
  for (const OpenFile& file : files_) {
    const std::string_view other = file.Path();
    if (other.size() > path.size() && other[path.size()] == '\\' && !file.removed &&
        file.handles != 0 && pe::EqualIgnoringCase(other.substr(0, path.size()), path)) {
      return true;
    }
  }
  return false;
}

}  // namespace fl::kernel
