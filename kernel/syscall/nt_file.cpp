// System calls: files and streams. The volume is read-only: whoever asks for more is told so when opening.
#include <new>

#include "kernel/kernel.h"
#include "kernel/paths.h"
#include "kernel/sync_objects.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/sync_rights.h"
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

enum InformationClass : u32 {
  kBasicInformation = 4,
  kStandardInformation = 5,
  kPositionInformation = 14,
};

struct FileBasicInformation {
  u64 creation_time, last_access_time, last_write_time, change_time;
  u32 attributes, padding;
};
static_assert(sizeof(FileBasicInformation) == 40);

struct FileStandardInformation {
  u64 allocation_size, end_of_file;
  u32 links;
  u8 delete_pending, directory;
  u16 padding;
};
static_assert(sizeof(FileStandardInformation) == 24);

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

Result<fs::Opened> Lookup(const SystemCall& call, u32 object_attributes) {
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

Status Open(const SystemCall& call, u32 handle_pointer, u32 access, u32 object_attributes,
            u32 io_pointer, u32 disposition, u32 options) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  if (disposition > kOverwriteIf) return Status::kInvalidParameter;
  if ((options & kDirectoryFile) != 0 && (options & kNonDirectoryFile) != 0) {
    return Status::kInvalidParameter;
  }
  if (object_attributes == 0) return Status::kInvalidParameter;
  Result<fs::Opened> opened = Lookup(call, object_attributes);
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

  const auto file =
      AdoptRef(new (std::nothrow) DiskFileObject(std::move(*opened), TheKernel().scheduler));
  if (!file) return Status::kNoMemory;
  TRY_STATUS(WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), kFileOpened}));
  return TRY(NewHandle::Insert(call, file, GrantedAccess(access))).Deliver(handle_pointer);
}

/// The offset argument: null, a position, or NT's "where I am". kInvalidParameter.
Result<bool> ReadOffset(u32 pointer, u64& offset) {
  if (pointer == 0) return false;
  offset = TRY(ReadUser<u64>(pointer));
  if (offset == kUseCurrentPosition) return false;
  if (i64(offset) < 0) return Status::kInvalidParameter;
  return true;
}

/// What is to be told of a transfer's end: an event, or nobody. APCs are not there yet: nobody is left
/// waiting for one.
Result<RefPtr<Event>> FindCompletion(const SystemCall& call, u32 event, u32 apc) {
  if (apc != 0) return Status::kNotImplemented;
  if (event == 0) return RefPtr<Event>();
  return call.process.handles().FindAs<Event>(event, kEventModifyState);
}

/// The right to use a file's position, while it lives.
class Turn {
 public:
  explicit Turn(FileObject& file) : lock_(file.lock()) {
    if (lock_) lock_->Acquire();
  }
  ~Turn() {
    if (lock_) lock_->Release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  drivers::SleepingLock* const lock_;
};

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
  Status (*probe)(const FileObject& file, u32 buffer, u32 length);
  Status (*move)(FileObject& file, const u64* offset, u32 buffer, u32 length, u32& done);
};

/// NtReadFile and NtWriteFile, which take the same arguments.
Status Transfer(const SystemCall& call, const Direction& direction) {
  const u32 io_pointer = call[4], buffer = call[5], length = call[6];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], direction.access));
  const RefPtr<Event> event = TRY(FindCompletion(call, call[1], call[2]));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  u64 offset = 0;
  const bool has_offset = TRY(ReadOffset(call[7], offset));
  TRY_STATUS(direction.probe(*file, buffer, length));
  if (event) event->Reset();
  u32 done = 0;
  Status status = Status::kSuccess;
  {
    const Turn turn(*file);
    status = direction.move(*file, has_offset ? &offset : nullptr, buffer, length, done);
  }
  // What was moved was moved, whether the program can be told or not.
  (void)WriteUser(io_pointer, IoStatusBlock{Code(status), done});
  // A call that fails has not begun, as far as others are concerned.
  if (event && IsSuccess(status)) event->Set();
  return status;
}

u32 AttributesOf(const fs::DirectoryEntryInfo& info) {
  constexpr u32 kNormal = 0x80;
  return info.attributes != 0 ? info.attributes : kNormal;
}

template <class T>
Status Answer(u32 io_pointer, u32 out, u32 length, const T& value) {
  if (length < sizeof(T)) return Status::kInfoLengthMismatch;
  TRY_STATUS(WriteUser(out, value));
  return WriteUser(io_pointer, IoStatusBlock{Code(Status::kSuccess), sizeof(T)});
}

}  // namespace

Status NtCreateFile(const SystemCall& call) {
  return Open(call, call[0], call[1], call[2], call[3], call[7], call[8]);
}

Status NtOpenFile(const SystemCall& call) {
  return Open(call, call[0], call[1], call[2], call[3], kOpen, call[5]);
}

Status NtReadFile(const SystemCall& call) {
  return Transfer(call, {kFileReadData, ProbeRead, ReadInto});
}
Status NtWriteFile(const SystemCall& call) {
  return Transfer(call, {kFileWriteData, ProbeWrite, WriteFrom});
}

Status NtQueryInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], out = call[2], length = call[3], what = call[4];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const fs::DirectoryEntryInfo* info = file->info();
  switch (what) {
    case kBasicInformation: {
      if (!info) return Status::kInvalidDeviceRequest;
      return Answer(io_pointer, out, length,
                    FileBasicInformation{.creation_time = info->times.creation,
                                         .last_access_time = info->times.last_access,
                                         .last_write_time = info->times.last_write,
                                         .change_time = info->times.last_write,
                                         .attributes = AttributesOf(*info),
                                         .padding = 0});
    }
    case kStandardInformation: {
      const u64 size = info && !info->is_directory ? info->size : 0;
      return Answer(io_pointer, out, length,
                    FileStandardInformation{.allocation_size = AlignUp(size, u64(kSectorSize)),
                                            .end_of_file = size,
                                            .links = 1,
                                            .delete_pending = 0,
                                            .directory = u8(info && info->is_directory),
                                            .padding = 0});
    }
    case kPositionInformation: {
      const Turn turn(*file);
      const u64* position = file->position();
      return Answer(io_pointer, out, length, position ? *position : u64(0));
    }
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtSetInformationFile(const SystemCall& call) {
  const u32 io_pointer = call[1], in = call[2], length = call[3], what = call[4];
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
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
