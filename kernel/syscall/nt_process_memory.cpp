// System calls: bytes of another process' memory, or the caller's own.
// Semantics: ReadProcessMemory, WriteProcessMemory (Microsoft Learn): a range that cannot be read to its end is
// kPartialCopy, and how much was copied is told.
#include <new>

#include "kernel/process_memory.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// A page of kernel memory between the two.
struct Buffer {
  std::byte* const bytes = new (std::nothrow) std::byte[kPageSize];
  ~Buffer() { delete[] bytes; }
};

/// Moves the range piece by piece: `move(offset, piece)` says how much of the piece was moved.
template <class Move>
Status MovePieces(u32 length, u32 returned, Move move) {
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const Buffer buffer;
  if (!buffer.bytes) return Status::kNoMemory;
  MemoryCopy piece;
  u32 done = 0;
  while (done < length && IsSuccess(piece.status)) {
    const u32 left = length - done;
    piece = move(done, std::span<std::byte>(buffer.bytes, left < kPageSize ? left : kPageSize));
    done += piece.copied;
  }
  if (returned) TRY_STATUS(WriteUser(returned, done));
  return IsFailure(piece.status) ? Status::kPartialCopy : Status::kSuccess;
}

}  // namespace

/// (process, address, buffer, length, how much was read)
Status NtReadVirtualMemory(const SystemCall& call) {
  const u32 address = call[1], buffer = call[2];
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmRead));
  return MovePieces(call[3], call[4], [&](u32 offset, std::span<std::byte> piece) {
    MemoryCopy copy = CopyFromProcess(*process, address + offset, piece);
    const Status given = CopyToUser(buffer + offset, piece.data(), copy.copied);
    return IsFailure(given) ? MemoryCopy{0, given} : copy;
  });
}

/// (process, address, buffer, length, how much was written)
Status NtWriteVirtualMemory(const SystemCall& call) {
  const u32 address = call[1], buffer = call[2];
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmWrite));
  return MovePieces(call[3], call[4], [&](u32 offset, std::span<std::byte> piece) {
    const Status taken = CopyFromUser(piece.data(), buffer + offset, u32(piece.size()));
    if (IsFailure(taken)) return MemoryCopy{0, taken};
    return CopyToProcess(*process, address + offset, piece);
  });
}

}  // namespace fl::kernel
