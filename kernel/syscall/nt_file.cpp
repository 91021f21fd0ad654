// System calls: files and streams. The volume is read-only: whoever asks for more is told so when opening.
#include <new>

#include "kernel/kernel.h"
#include "kernel/paths.h"
#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/device_open.h"
#include "kernel/syscall/file_completion.h"
#include "kernel/syscall/file_lookup.h"
#include "kernel/syscall/io_call.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kFileWriteData = 0x0002;
constexpr u32 kFileAppendData = 0x0004;
constexpr u32 kFileGenericRead = 0x120089;
constexpr u32 kFileGenericExecute = 0x1200A0;
// DELETE, WRITE_DAC, WRITE_OWNER; data, append, EA, attributes.
constexpr u32 kAnyWrite = 0x000D0000 | kFileWriteData | kFileAppendData | 0x0010 | 0x0100;

constexpr u32 kDirectoryFile = 0x00000001;
constexpr u32 kNonDirectoryFile = 0x00000040;

enum Disposition : u32 { kSupersede = 0, kOpen = 1, kCreate = 2, kOpenIf = 3, kOverwriteIf = 5 };
constexpr u32 kFileOpened = 1;

constexpr u32 kPositionInformation = 14;

constexpr u32 kTransferSize = kPageSize;
constexpr u64 kUseCurrentPosition = 0xFFFFFFFFFFFFFFFE;

/// A page of kernel memory that data passes through.
class TransferBuffer {
 public:
  TransferBuffer() : bytes_(new (std::nothrow) std::byte[kTransferSize]) {}
  ~TransferBuffer() { delete[] bytes_; }
  TransferBuffer(const TransferBuffer&) = delete;
  TransferBuffer& operator=(const TransferBuffer&) = delete;
  explicit operator bool() const { return bytes_ != nullptr; }
  std::span<std::byte> First(u32 size) {
    return {bytes_, size < kTransferSize ? size : kTransferSize};
  }

 private:
  std::byte* bytes_;
};

u32 GrantedAccess(u32 wanted) {
  u32 granted = wanted & 0x01FFFFFF;
  if ((wanted & (kGenericRead | kMaximumAllowed)) != 0) granted |= kFileGenericRead;
  if ((wanted & (kGenericExecute | kMaximumAllowed)) != 0) granted |= kFileGenericExecute;
  return granted;
}

Status Open(const SystemCall& call, u32 handle_pointer, u32 access, u32 object_attributes,
            u32 io_pointer, u32 disposition, u32 options) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if (disposition > kOverwriteIf) return Status::kInvalidParameter;
  if ((options & kDirectoryFile) != 0 && (options & kNonDirectoryFile) != 0) {
    return Status::kInvalidParameter;
  }
  if (object_attributes == 0) return Status::kInvalidParameter;
  Result<fs::Opened> opened = LookupFile(call, object_attributes);
  if (!opened.ok()) {
    const bool would_create = opened.error() == Status::kObjectNameNotFound && disposition != kOpen;
    return would_create ? Status::kMediaWriteProtected : opened.error();
  }
  if (disposition == kCreate) return Status::kObjectNameCollision;
  if (disposition != kOpen && disposition != kOpenIf) return Status::kMediaWriteProtected;
  if ((options & kDirectoryFile) != 0 && opened->file) return Status::kNotADirectory;
  if ((options & kNonDirectoryFile) != 0 && !opened->file) return Status::kFileIsADirectory;
  if ((access & (kAnyWrite | kGenericWrite | kGenericAll)) != 0)
    return Status::kMediaWriteProtected;

  const u32 granted = GrantedAccess(access);
  const auto file = AdoptRef(
      new (std::nothrow) DiskFileObject(std::move(*opened), options, TheKernel().scheduler));
  if (!file) return Status::kNoMemory;
  TRY_STATUS(WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), kFileOpened}));
  return TRY(NewHandle::Insert(call, file, granted)).Deliver(handle_pointer);
}

/// The offset argument: null, a position, or NT's "where I am". kInvalidParameter.
Result<bool> ReadOffset(u32 pointer, u64& offset) {
  if (pointer == 0) return false;
  offset = TRY(ReadUser<u64>(pointer));
  if (offset == kUseCurrentPosition) return false;
  if (i64(offset) < 0) return Status::kInvalidParameter;
  return true;
}

/// Before input is consumed that could not be given: all that may be written to, and no more. A stream gives
/// what there is, in one piece.
Status ProbeRead(const FileObject& file, u32 buffer, u32 length) {
  u64 most = file.file() ? file.file()->Size() : 0;
  if (most < kTransferSize) most = kTransferSize;
  return ProbeForWrite(buffer, most < length ? u32(most) : length);
}

/// Before a part is written of what cannot be read to its end.
Status ProbeWrite(const FileObject&, u32 buffer, u32 length) {
  return ProbeForRead(buffer, length);
}

Status ReadInto(FileObject& file, const u64* offset, u32 buffer, u32 length, u32& done) {
  TransferBuffer transfer;
  if (!transfer) return Status::kNoMemory;
  do {
    const std::span<std::byte> piece = transfer.First(length - done);
    const u64 from = offset ? *offset + done : 0;
    const Result<u32> count = file.Read(offset ? &from : nullptr, piece);
    if (!count.ok())
      return done != 0 && count.error() == Status::kEndOfFile ? Status::kSuccess : count.error();
    TRY_STATUS(CopyToUser(buffer + done, piece.data(), *count));
    done += *count;
    // A stream gives what there is; waiting for more is the program's choice.
    if (*count < piece.size() || !file.file()) break;
  } while (done < length);
  return Status::kSuccess;
}

Status WriteFrom(FileObject& file, const u64* offset, u32 buffer, u32 length, u32& done) {
  TransferBuffer transfer;
  if (!transfer) return Status::kNoMemory;
  do {
    const std::span<std::byte> piece = transfer.First(length - done);
    TRY_STATUS(CopyFromUser(piece.data(), buffer + done, u32(piece.size())));
    const u64 to = offset ? *offset + done : 0;
    done += TRY(file.Write(offset ? &to : nullptr, piece));
  } while (done < length);
  return Status::kSuccess;
}

struct Direction {
  u32 access;
  PipeDirection of_pipe;
  Status (*probe)(const FileObject& file, u32 buffer, u32 length);
  Status (*move)(FileObject& file, const u64* offset, u32 buffer, u32 length, u32& done);
};

/// NtReadFile and NtWriteFile, which take the same arguments.
Status Transfer(const SystemCall& call, const Direction& direction) {
  const u32 buffer = call[5], length = call[6];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], direction.access));
  if (PipeEnd* const pipe = file->pipe()) return TransferPipe(call, *pipe, direction.of_pipe);
  u64 offset = 0;
  const bool has_offset = TRY(ReadOffset(call[7], offset));
  TRY_STATUS(direction.probe(*file, buffer, length));
  IoNotice notice;
  TRY_STATUS(PrepareNotice(call, *file, notice));
  u32 done = 0;
  Status status = Status::kSuccess;
  {
    const Turn turn(*file);
    status = direction.move(*file, has_offset ? &offset : nullptr, buffer, length, done);
  }
  return EndIoCall(call, *file, notice, status, done);
}

}  // namespace

Result<fs::Opened> LookupFile(const SystemCall& call, u32 object_attributes) {
  const CapturedAttributes attributes = TRY(CaptureAttributes(object_attributes));
  if (!TheKernel().volume) return Status::kObjectPathNotFound;
  // A name relative to an open directory needs that directory's own; nobody asks for it yet.
  if (attributes.root_directory != 0) {
    TRY(call.process.handles().FindAs<FileObject>(attributes.root_directory, 0));
    return Status::kNotImplemented;
  }
  const std::string_view path = TRY(VolumePath({attributes.name.data(), attributes.name.size()}));
  return TheKernel().volume->Open(path);
}

Status NtCreateFile(const SystemCall& call) {
  if (TRY(OpenDevice(call, {call[0], call[1], call[2], call[3], call[8]}))) return Status::kSuccess;
  return Open(call, call[0], call[1], call[2], call[3], call[7], call[8]);
}

Status NtOpenFile(const SystemCall& call) {
  if (TRY(OpenDevice(call, {call[0], call[1], call[2], call[3], call[5]}))) return Status::kSuccess;
  return Open(call, call[0], call[1], call[2], call[3], kOpen, call[5]);
}

Status NtReadFile(const SystemCall& call) {
  return Transfer(call, {kFileReadData, PipeDirection::kRead, ProbeRead, ReadInto});
}
Status NtWriteFile(const SystemCall& call) {
  return Transfer(call, {kFileWriteData, PipeDirection::kWrite, ProbeWrite, WriteFrom});
}

Status NtSetInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], in = call[2], length = call[3], what = call[4];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if (IsCompletionClass(what)) return SetFileCompletion(call, *file);
  if (PipeEnd* const pipe = file->pipe()) return SetPipe(call, *pipe);
  if (what != kPositionInformation) return Status::kInvalidInfoClass;
  if (length < sizeof(u64)) return Status::kInfoLengthMismatch;
  const u64 position = TRY(ReadUser<u64>(in));
  if (i64(position) < 0) return Status::kInvalidParameter;
  if (!file->position()) return Status::kInvalidDeviceRequest;
  {
    const Turn turn(*file);
    *file->position() = position;
  }
  return WriteUser(io_pointer, IoStatusBlock{});
}

}  // namespace fl::kernel
