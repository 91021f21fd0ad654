// PipeQueue: see pipe_queue.h.
#include "kernel/pipe/pipe_queue.h"

#include <cstring>

#include "kernel/kernel.h"
#include "kernel/process_memory.h"

namespace fl::kernel {
PipeQueue::~PipeQueue() {
  KASSERT(readers_.empty());
  while (Piece* piece = pieces_.front()) {
    KASSERT(!piece->writer);
    Remove(*piece);
  }
}

void PipeQueue::Remove(Piece& piece) {
  piece.Unlink();
  --piece_count_;
  bytes_ -= piece.left();
  delete &piece;
}

bool PipeQueue::IsWantedNow(u32 bytes) {
  u64 wanted = 0;
  for (IoRequest& reader : readers_) wanted += reader.length();
  return wanted >= bytes && !readers_.empty();
}

u64 PipeQueue::Push(Piece& piece) {
  pieces_.PushBack(piece);
  ++piece_count_;
  bytes_ += piece.bytes.size();
  pushed_ += piece.bytes.size();
  piece.end = pushed_;
  return pushed_;
}

u32 PipeQueue::Peek(std::span<std::byte> out) {
  u32 done = 0;
  for (Piece& piece : pieces_) {
    const u32 room = u32(out.size()) - done;
    const u32 count = piece.left() < room ? piece.left() : room;
    if (count != 0) std::memcpy(out.data() + done, piece.bytes.data() + piece.taken, count);
    done += count;
    if (done == out.size() || mode == PipeMode::kMessages) break;
  }
  return done;
}

Status PipeQueue::Take(u32 length, Vector<std::byte>& out) {
  const u32 there = mode == PipeMode::kMessages ? first_message() : bytes_;
  u32 count = there < length ? there : length;
  if (mode == PipeMode::kBytes && count > kLargestTake) count = kLargestTake;
  if (IsFailure(out.ResizeForOverwrite(count))) return Status::kInsufficientResources;
  (void)Peek(out.span());
  taken_ += count;
  u32 left = count;
  do {
    Piece& first = *pieces_.front();
    const u32 part = first.left() < left ? first.left() : left;
    first.taken += part;
    bytes_ -= part;
    left -= part;
    // A writer that still waits for it is done by now, or has nothing else to wait for: Serve looks.
    if (first.left() != 0) break;
    if (first.writer) {
      done_writers_.PushBack(*first.writer);
      first.writer = nullptr;
    }
    Remove(first);
  } while (left != 0);
  TheKernel().scheduler.WakeAll(this);
  return mode == PipeMode::kMessages && count < there ? Status::kBufferOverflow : Status::kSuccess;
}

void PipeQueue::Withdraw(IoRequest& request) {
  if (static_cast<ListNode<IoRequest>&>(request).linked()) {
    static_cast<ListNode<IoRequest>&>(request).Unlink();
    return;
  }
  for (Piece& piece : pieces_) {
    if (piece.writer != &request) continue;
    piece.writer = nullptr;
    taken_ += piece.left();
    return Remove(piece);
  }
}

IoRequest* PipeQueue::TakeDoneWriter() {
  if (IoRequest* done = done_writers_.PopFront()) return done;
  for (Piece& piece : pieces_) {
    if (piece.writer && IsDone(piece.end)) return std::exchange(piece.writer, nullptr);
  }
  return nullptr;
}

void PipeQueue::Serve() {
  TheKernel().scheduler.WakeAll(this);
  while (!pieces_.empty() && !readers_.empty()) {
    IoRequest& reader = *readers_.PopFront();
    reader.Claim();
    Vector<std::byte> data;
    Status status = Take(reader.length(), data);
    const MemoryCopy copy = CopyToProcess(reader.process(), reader.buffer(), data.span());
    if (IsFailure(copy.status)) status = copy.status;
    reader.Complete(status, copy.copied);
  }
  while (IoRequest* writer = TakeDoneWriter()) writer->Complete(Status::kSuccess, writer->length());
}

void PipeQueue::EndAll(Status status, bool drop) {
  TheKernel().scheduler.WakeAll(this);
  while (IoRequest* reader = readers_.PopFront()) reader->Complete(status, 0);
  if (!drop) return;
  while (Piece* piece = pieces_.front()) {
    IoRequest* const writer = std::exchange(piece->writer, nullptr);
    Remove(*piece);
    if (writer) writer->Complete(status, 0);
  }
}

void PipeQueue::EndWriters() {
  for (;;) {
    IoRequest* writer = done_writers_.PopFront();
    for (Piece& piece : pieces_) {
      if (writer) break;
      writer = std::exchange(piece.writer, nullptr);
    }
    if (!writer) return;
    writer->Complete(Status::kSuccess, writer->length());
  }
}

}  // namespace fl::kernel
