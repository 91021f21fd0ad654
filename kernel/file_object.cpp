// FileObject: see file_object.h.
#include "kernel/file_object.h"

#include "kernel/base/log.h"
#include "kernel/directory_scan.h"
#include "kernel/kernel.h"
#include "kernel/syscall/file_options.h"
#include "kernel/unicode.h"

namespace fl::kernel {

DiskFileObject::DiskFileObject(fs::Opened opened, RefPtr<OpenFile> open, const ShareWish& wish,
                               u32 options, drivers::DiskEvents& sleeper)
    : opened_(std::move(opened)),
      open_(std::move(open)),
      wish_(wish),
      options_(options),
      lock_(sleeper) {
  open_->shares.Add(wish_);
  ++open_->handles;
}

DiskFileObject::~DiskFileObject() {
  delete scan_;
  if (closed_) return;
  // It never got a handle.
  open_->shares.Remove(wish_);
  --open_->handles;
}

/// Here it may sleep; the handle is gone already.
void DiskFileObject::OnLastHandleClosed() {
  closed_ = true;
  Kernel& kernel = TheKernel();
  if (open_->locks.UnlockAll(this)) kernel.scheduler.WakeAll(&open_->locks);
  if ((options_ & kDeleteOnClose) != 0) open_->remove_at_close = true;
  open_->shares.Remove(wish_);
  --open_->handles;
  if (open_->remove_at_close && open_->handles == 0) return RemoveFromVolume();
  if (!open_->removed && wish_.write) {
    // It stays modified if that fails, and is tried again at the latest when the machine ends.
    if (const Status status = WriteBack(); IsFailure(status)) {
      Log(LogLevel::kWarning, "C:\\%.*s cannot be written to the disk yet (status 0x%08x)",
          int(open_->path.size()), open_->path.data(), Code(status));
    }
  }
}

void DiskFileObject::RemoveFromVolume() {
  // A directory that has got an entry since stays, as on NT.
  if (open_->removed || IsFailure(TheKernel().volume->Remove(open_->Path()))) {
    open_->remove_at_close = false;
    return;
  }
  open_->removed = true;
  if (mm::DataSection* const data = TheKernel().files.Find(open_->id)) data->Discard();
}

Status DiskFileObject::WriteBack() {
  mm::DataSection* const data = opened_.file ? TheKernel().files.Find(open_->id) : nullptr;
  return data ? data->WriteBack() : Status::kSuccess;
}

const fs::DirectoryEntryInfo* DiskFileObject::info() const {
  const fs::BasicInformation basic =
      opened_.file ? opened_.file->Basic() : opened_.directory->Basic();
  opened_.info.times = basic.times;
  opened_.info.attributes = basic.attributes;
  opened_.info.size = open_->Size();
  return &opened_.info;
}

Status DiskFileObject::AppendName(Vector<char16_t>& out) const {
  TRY_STATUS(AppendUtf16("\\??\\C:\\", out));
  return AppendUtf16(open_->Path(), out);
}

Status DiskFileObject::SetBasic(const fs::BasicInformation& change) {
  if (!opened_.file) return opened_.directory->SetBasic(change);
  // Times that a program sets are not to be moved by what it wrote before.
  TRY_STATUS(WriteBack());
  return opened_.file->SetBasic(change);
}

Result<DirectoryScan*> DiskFileObject::Scan() {
  if (!opened_.directory) return Status::kInvalidParameter;
  if (!scan_) scan_ = new (std::nothrow) DirectoryScan(opened_.directory);
  if (!scan_) return Status::kNoMemory;
  return scan_;
}

Result<u32> DiskFileObject::Read(const u64* offset, std::span<std::byte> out) {
  if (!opened_.file) return Status::kFileIsADirectory;
  mm::DataSection* const pages = TRY(open_->Pages());
  const u64 size = pages->size();
  const u64 from = offset ? *offset : position_;
  if (out.empty()) return 0u;
  if (from >= size) return Status::kEndOfFile;
  const u32 count = size - from < out.size() ? u32(size - from) : u32(out.size());
  TRY_STATUS(pages->ReadBytes(from, out.first(count)));
  // Synchronous files: the position follows every read, wherever it was made.
  position_ = from + count;
  return count;
}

Result<u32> DiskFileObject::Write(const u64* offset, std::span<const std::byte> bytes) {
  mm::DataSection* const pages = TRY(open_->Pages());
  const u64 to = offset ? *offset : position_;
  u32 done = 0;
  Status status = pages->WriteBytes(to, bytes, done);
  if (status == Status::kNoMemory) {
    // Pages that are written back can be had.
    (void)TheKernel().files.WriteBackAll();
    u32 rest = 0;
    status = pages->WriteBytes(to + done, bytes.subspan(done), rest);
    done += rest;
  }
  TheKernel().files.Relieve();
  if (done != 0) position_ = to + done;
  if (IsFailure(status) && done == 0) return status;
  return done;
}

Result<u32> StreamObject::Read(const u64*, std::span<std::byte> out) {
  if (kind_ != StreamKind::kInput) return Status::kAccessDenied;
  if (out.empty()) return 0u;
  return TheKernel().host.ReadInput(out);
}

Result<u32> StreamObject::Write(const u64*, std::span<const std::byte> bytes) {
  if (kind_ == StreamKind::kInput) return Status::kAccessDenied;
  TheKernel().host.WriteOutput(
      kind_ == StreamKind::kError ? HostStream::kError : HostStream::kOutput, bytes);
  return u32(bytes.size());
}

}  // namespace fl::kernel
