// System calls: reading and writing files and streams.
#include <new>

#include "kernel/kernel.h"
#include "kernel/syscall/file_completion.h"
#include "kernel/syscall/file_options.h"
#include "kernel/syscall/pipe_calls.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kTransferSize = kPageSize;
constexpr u64 kUseCurrentPosition = 0xFFFFFFFFFFFFFFFE;
constexpr u64 kWriteToEnd = 0xFFFFFFFFFFFFFFFF;

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

/// What one call moves.
struct Move {
  FileObject& file;
  u32 buffer, length;
  /// Where; without an offset, at the position.
  bool has_offset = false;
  u64 offset = 0;
  bool append = false;
  u32 key = 0;
  u32 done = 0;

  u64 begin() const {
    const u64* position = file.position();
    return has_offset ? offset : position ? *position : 0;
  }
};

/// Where the transfer begins.
Status ReadOffset(u32 pointer, Move& move) {
  if (pointer == 0) return Status::kSuccess;
  move.offset = TRY(ReadUser<u64>(pointer));
  if (move.offset == kUseCurrentPosition) return Status::kSuccess;
  if (move.offset == kWriteToEnd) {
    move.append = true;
    return Status::kSuccess;
  }
  move.has_offset = true;
  return i64(move.offset) < 0 ? Status::kInvalidParameter : Status::kSuccess;
}

/// Before input is consumed that could not be given: all that may be written to, and no more. A stream gives
/// what there is, in one piece.
Status ProbeRead(const FileObject& file, u32 buffer, u32 length) {
  u64 most = file.info() ? file.info()->size : 0;
  if (most < kTransferSize) most = kTransferSize;
  return ProbeForWrite(buffer, most < length ? u32(most) : length);
}

/// Before a part is written of what cannot be read to its end.
Status ProbeWrite(const FileObject&, u32 buffer, u32 length) {
  return ProbeForRead(buffer, length);
}

/// Has nobody else locked what is to be moved?
Status CheckLocks(const SystemCall& call, const Move& move, bool write) {
  if (!move.file.disk()) return Status::kSuccess;
  const ByteLocks& locks = move.file.disk()->open().locks;
  if (locks.empty() || move.length == 0) return Status::kSuccess;
  const LockOwner owner{&move.file, call.process.id(), move.key};
  const ByteRange64 range{move.begin(), move.length};
  const bool may = write ? locks.MayWrite(range, owner) : locks.MayRead(range, owner);
  return may ? Status::kSuccess : Status::kFileLockConflict;
}

Status ReadInto(Move& move) {
  TransferBuffer transfer;
  if (!transfer) return Status::kNoMemory;
  if (move.append) return Status::kInvalidParameter;
  do {
    const std::span<std::byte> piece = transfer.First(move.length - move.done);
    const u64 from = move.offset + move.done;
    const Result<u32> count = move.file.Read(move.has_offset ? &from : nullptr, piece);
    if (!count.ok()) {
      return move.done != 0 && count.error() == Status::kEndOfFile ? Status::kSuccess
                                                                   : count.error();
    }
    TRY_STATUS(CopyToUser(move.buffer + move.done, piece.data(), *count));
    move.done += *count;
    // A stream gives what there is; waiting for more is the program's choice.
    if (*count < piece.size() || !move.file.file()) break;
  } while (move.done < move.length);
  return Status::kSuccess;
}

Status WriteFrom(Move& move) {
  TransferBuffer transfer;
  if (!transfer) return Status::kNoMemory;
  DiskFileObject* const disk = move.file.disk();
  if (disk && move.append) {
    move.offset = disk->open().Size();
    move.has_offset = true;
  }
  do {
    // Up to the end of a page of the file: pages that are written whole need not be read.
    u32 most = move.length - move.done;
    const u32 in_page =
        disk ? u32(move.begin() + (move.has_offset ? move.done : 0)) & kPageMask : 0;
    if (most > kPageSize - in_page) most = kPageSize - in_page;
    const std::span<std::byte> piece = transfer.First(most);
    TRY_STATUS(CopyFromUser(piece.data(), move.buffer + move.done, u32(piece.size())));
    const u64 to = move.offset + move.done;
    const u32 count = TRY(move.file.Write(move.has_offset ? &to : nullptr, piece));
    move.done += count;
    if (count < piece.size() && disk) return Status::kDiskFull;
  } while (move.done < move.length);
  if (disk && (disk->options() & (kWriteThrough | kNoBuffering)) != 0) return disk->WriteBack();
  return Status::kSuccess;
}

struct Direction {
  u32 access;  ///< Any of these will do.
  bool write;
  Status (*probe)(const FileObject& file, u32 buffer, u32 length);
  Status (*move)(Move& move);
};

/// NtReadFile and NtWriteFile, which take the same arguments.
Status Transfer(const SystemCall& call, const Direction& direction) {
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  const u32 access = TRY(call.process.handles().Find(call[0])).access;
  if ((access & direction.access) == 0) return Status::kAccessDenied;
  if (PipeEnd* const pipe = file->pipe()) {
    return TransferPipe(call, *pipe,
                        direction.write ? PipeDirection::kWrite : PipeDirection::kRead);
  }
  FileCompletion completion = TRY(FileCompletion::Prepare(call, *file));
  Move move{.file = *file, .buffer = call[5], .length = call[6]};
  TRY_STATUS(ReadOffset(call[7], move));
  if (call[8] != 0) move.key = TRY(ReadUser<u32>(call[8]));
  // Who may only append does so, wherever the write was to go.
  if (direction.write && file->disk() && (access & kFileWriteData) == 0) move.append = true;
  TRY_STATUS(direction.probe(*file, move.buffer, move.length));
  completion.Begin();
  Status status = Status::kSuccess;
  {
    const Turn turn(*file);
    status = CheckLocks(call, move, direction.write);
    if (IsSuccess(status)) status = direction.move(move);
  }
  return completion.End(status, move.done);
}

}  // namespace

Status NtReadFile(const SystemCall& call) {
  return Transfer(call, {kFileReadData, false, ProbeRead, ReadInto});
}
Status NtWriteFile(const SystemCall& call) {
  return Transfer(call, {kFileWriteData | kFileAppendData, true, ProbeWrite, WriteFrom});
}

/// (file, io status block)
Status NtFlushBuffersFile(const SystemCall& call) {
  TRY_STATUS(ProbeForWrite(call[1], sizeof(IoStatusBlock)));
  const auto file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  Status status = Status::kSuccess;
  if (file->pipe()) {
    status = FlushPipe(*file->pipe());
  } else if (file->disk()) {
    const u32 access = TRY(call.process.handles().Find(call[0])).access;
    if ((access & (kFileWriteData | kFileAppendData)) == 0) return Status::kAccessDenied;
    status = file->disk()->WriteBack();
    if (IsSuccess(status) && file->file()) status = file->file()->Flush();
  }
  (void)WriteUser(call[1], IoStatusBlock{Code(status), 0});
  return status;
}

}  // namespace fl::kernel
