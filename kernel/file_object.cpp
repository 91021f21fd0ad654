// FileObject: see file_object.h.
#include "kernel/file_object.h"

#include "kernel/directory_scan.h"
#include "kernel/kernel.h"

namespace fl::kernel {

DiskFileObject::~DiskFileObject() { delete scan_; }

Result<DirectoryScan*> DiskFileObject::Scan() {
  if (!opened_.directory) return Status::kInvalidParameter;
  if (!scan_) scan_ = new (std::nothrow) DirectoryScan(opened_.directory);
  if (!scan_) return Status::kNoMemory;
  return scan_;
}

Result<u32> DiskFileObject::Read(const u64* offset, std::span<std::byte> out) {
  if (!opened_.file) return Status::kFileIsADirectory;
  const u64 size = opened_.file->Size();
  const u64 from = offset ? *offset : position_;
  if (out.empty()) return 0u;
  if (from >= size) return Status::kEndOfFile;
  const u32 count = size - from < out.size() ? u32(size - from) : u32(out.size());
  if (!pages_) pages_ = TRY(TheKernel().files.Acquire(opened_.file));
  TRY_STATUS(pages_->ReadBytes(from, out.first(count)));
  // Synchronous files: the position follows every read, wherever it was made.
  position_ = from + count;
  return count;
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
