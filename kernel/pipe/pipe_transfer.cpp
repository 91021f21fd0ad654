// PipeTransfer: see pipe_transfer.h.
#include "kernel/pipe/pipe_transfer.h"

#include <new>

#include "kernel/kernel.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// What a write for which its caller waits has in the kernel's memory at once, beside what the quota allows.
constexpr u32 kPieceSize = 0x4000;
constexpr u32 kLargestWrite = 0x1000000;

/// Until something happens to what `channel` stands for. kSuccess: look again.
Status SleepOn(const void* channel, Interruptible interruptible) {
  Thread& thread = TheKernel().scheduler.current();
  thread.in_synchronous_io = true;
  const WakeReason reason = TheKernel().scheduler.WaitUntil(channel, kNever, interruptible);
  thread.in_synchronous_io = false;
  if (std::exchange(thread.synchronous_io_cancelled, false)) return Status::kCancelled;
  return Scheduler::StatusOf(reason);
}

/// The right to read, or to write, an end for synchronous use, while it lives.
class PipeTurn {
 public:
  static Result<PipeTurn> Take(PipeEnd& end, PipeDirection direction) {
    if (!end.synchronous()) return PipeTurn(nullptr);
    bool& busy = end.busy(direction);
    while (busy) {
      const Status status = SleepOn(&busy, end.interruptible());
      if (status != Status::kSuccess) return IsFailure(status) ? status : Status::kCancelled;
    }
    busy = true;
    return PipeTurn(&busy);
  }
  PipeTurn(PipeTurn&& other) : busy_(std::exchange(other.busy_, nullptr)) {}
  PipeTurn& operator=(PipeTurn&&) = delete;
  ~PipeTurn() {
    if (!busy_) return;
    *busy_ = false;
    TheKernel().scheduler.WakeAll(busy_);
  }

 private:
  explicit PipeTurn(bool* busy) : busy_(busy) {}
  bool* busy_;
};

Result<IoRequest*> NewRequest(const PipeCall& call) {
  auto* request = new (std::nothrow)
      IoRequest(RefPtr<FileObject>(&call.end), std::move(call.notice), call.buffer, call.length);
  if (!request) return Status::kInsufficientResources;
  return request;
}

/// A piece that is not the queue's yet.
class NewPiece {
 public:
  /// `count` bytes of the caller's.
  static Result<NewPiece> Capture(u32 from, u32 count) {
    NewPiece captured(new (std::nothrow) PipeQueue::Piece);
    if (!captured.piece_) return Status::kInsufficientResources;
    if (IsFailure(captured.piece_->bytes.ResizeForOverwrite(count))) {
      return Status::kInsufficientResources;
    }
    TRY_STATUS(CopyFromUser(captured.piece_->bytes.data(), from, count));
    return captured;
  }
  NewPiece(NewPiece&& other) : piece_(std::exchange(other.piece_, nullptr)) {}
  NewPiece& operator=(NewPiece&&) = delete;
  ~NewPiece() { delete piece_; }

  /// Where it ends. Serves who waits for it, so `writer` may have ended.
  u64 Push(PipeEnd& end, IoRequest* writer) {
    // Kept: the end may lose it meanwhile.
    const RefPtr<PipeConnection> connection = end.connection();
    PipeQueue& queue = connection->Outgoing(end.side());
    piece_->writer = writer;
    const u64 at = queue.Push(*std::exchange(piece_, nullptr));
    queue.Serve();
    return at;
  }

 private:
  explicit NewPiece(PipeQueue::Piece* piece) : piece_(piece) {}
  PipeQueue::Piece* piece_;
};

/// Where it ends.
Result<u64> Push(PipeEnd& end, u32 from, u32 count) {
  NewPiece piece = TRY(NewPiece::Capture(from, count));
  TRY_STATUS(end.StatusFor(PipeDirection::kWrite));
  return piece.Push(end, nullptr);
}

bool Fits(PipeEnd& end, u32 count) {
  PipeQueue& queue = end.connection()->Outgoing(end.side());
  return count <= queue.room() || queue.IsWantedNow(count);
}

/// Waits until no more than the quota is left up to there.
Status WaitUntilRead(PipeEnd& end, u64 at) {
  for (;;) {
    const RefPtr<PipeConnection> connection = end.connection();
    if (!connection) return Status::kPipeDisconnected;
    PipeQueue& queue = connection->Outgoing(end.side());
    if (queue.IsDone(at)) return Status::kSuccess;
    if (connection->state == PipeState::kDisconnected) return Status::kPipeDisconnected;
    if (connection->state == PipeState::kClosing) return Status::kPipeBroken;
    const Status status = SleepOn(&queue, end.interruptible());
    if (status != Status::kSuccess) return status;
  }
}

/// Its caller waits. Bytes go piece by piece, a message in one.
PipeResult WriteAndWait(const PipeCall& call, bool messages) {
  u32 done = 0;
  do {
    const u32 left = call.length - done;
    const u32 count = messages || left < kPieceSize ? left : kPieceSize;
    const Result<u64> at = Push(call.end, call.buffer + done, count);
    if (!at.ok()) return {at.error(), done};
    const Status status = WaitUntilRead(call.end, *at);
    if (status != Status::kSuccess) return {status, done};
    done += count;
  } while (done < call.length);
  return {Status::kSuccess, done};
}

/// What fits goes, at once.
PipeResult WriteWhatFits(const PipeCall& call, bool messages) {
  u32 count = call.length;
  if (!Fits(call.end, count)) {
    count = messages ? 0 : call.end.connection()->Outgoing(call.end.side()).room();
  }
  if (count == 0) return {};
  const Result<u64> at = Push(call.end, call.buffer, count);
  if (!at.ok()) return {at.error(), 0};
  return {Status::kSuccess, count};
}

PipeResult WriteLater(const PipeCall& call) {
  Result<NewPiece> piece = NewPiece::Capture(call.buffer, call.length);
  if (!piece.ok()) return {piece.error(), 0};
  // That may have slept.
  const Status status = call.end.StatusFor(PipeDirection::kWrite);
  if (IsFailure(status)) return {status, 0};
  if (Fits(call.end, call.length)) {
    (void)piece->Push(call.end, nullptr);
    return {Status::kSuccess, call.length};
  }
  const Result<IoRequest*> request = NewRequest(call);
  if (!request.ok()) return {request.error(), 0};
  (void)piece->Push(call.end, *request);
  return {Status::kPending, 0};
}

}  // namespace

PipeResult ReadPipe(const PipeCall& call) {
  PipeEnd& end = call.end;
  const Result<PipeTurn> turn = PipeTurn::Take(end, PipeDirection::kRead);
  if (!turn.ok()) return {turn.error(), 0};
  for (;;) {
    const Status status = end.StatusFor(PipeDirection::kRead);
    if (IsFailure(status)) return {status, 0};
    const RefPtr<PipeConnection> connection = end.connection();
    PipeQueue& queue = connection->Incoming(end.side());
    if (!queue.empty()) {
      Vector<std::byte> data;
      const Status taken = queue.Take(call.length, data);
      if (IsFailure(taken) && taken != Status::kBufferOverflow) return {taken, 0};
      const Status copied = CopyToUser(call.buffer, data.data(), data.size());
      queue.Serve();
      return {IsFailure(copied) ? copied : taken, data.size()};
    }
    if (connection->state == PipeState::kClosing) return {Status::kPipeBroken, 0};
    if (!end.waits) return {Status::kPipeEmpty, 0};
    if (!end.synchronous()) {
      const Result<IoRequest*> request = NewRequest(call);
      if (!request.ok()) return {request.error(), 0};
      queue.AddReader(**request);
      return {Status::kPending, 0};
    }
    const Status slept = SleepOn(&queue, end.interruptible());
    if (slept != Status::kSuccess) return {slept, 0};
  }
}

PipeResult WritePipe(const PipeCall& call) {
  PipeEnd& end = call.end;
  const Result<PipeTurn> turn = PipeTurn::Take(end, PipeDirection::kWrite);
  if (!turn.ok()) return {turn.error(), 0};
  const Status status = end.StatusFor(PipeDirection::kWrite);
  if (IsFailure(status)) return {status, 0};
  const bool messages = end.named().shape.type == PipeMode::kMessages;
  if (call.length == 0 && !messages) return {};
  if (call.length > kLargestWrite && (messages || !end.synchronous())) {
    return {Status::kInsufficientResources, 0};
  }
  if (!end.waits) return WriteWhatFits(call, messages);
  return end.synchronous() ? WriteAndWait(call, messages) : WriteLater(call);
}

PipeResult TransceivePipe(const PipeCall& call, u32 message, u32 message_length) {
  PipeEnd& end = call.end;
  if (end.named().shape.type != PipeMode::kMessages || end.read_mode() != PipeMode::kMessages) {
    return {Status::kInvalidReadMode, 0};
  }
  const Status status = end.StatusFor(PipeDirection::kWrite);
  if (IsFailure(status)) return {status, 0};
  // An answer to an earlier question is in the way.
  if (!end.connection()->Incoming(end.side()).empty()) return {Status::kPipeBusy, 0};
  if (message_length > kLargestWrite) return {Status::kInsufficientResources, 0};
  const Result<u64> at = Push(end, message, message_length);
  if (!at.ok()) return {at.error(), 0};
  return ReadPipe(call);
}

PipeResult ListenPipe(PipeEnd& end, IoNotice& notice) {
  RefPtr<PipeConnection> connection;
  if (end.WantsConnection()) {
    connection = end.named().NewConnection();
    if (!connection) return {Status::kInsufficientResources, 0};
  }
  const Status status = end.Listen(std::move(connection));
  if (status != Status::kPending) return {status, 0};
  if (!end.synchronous()) {
    const Result<IoRequest*> request =
        NewRequest({.end = end, .buffer = 0, .length = 0, .notice = notice});
    if (!request.ok()) return {request.error(), 0};
    end.AddListener(**request);
    return {Status::kPending, 0};
  }
  while (end.state() == PipeState::kListening) {
    const Status slept = SleepOn(end.listeners_channel(), end.interruptible());
    if (slept != Status::kSuccess) return {slept, 0};
  }
  // It may have come and gone already: it came.
  return {end.state() == PipeState::kDisconnected ? Status::kPipeDisconnected : Status::kSuccess,
          0};
}

Status FlushPipe(PipeEnd& end) {
  for (;;) {
    TRY_STATUS(end.StatusFor(PipeDirection::kWrite));
    const RefPtr<PipeConnection> connection = end.connection();
    PipeQueue& queue = connection->Outgoing(end.side());
    if (queue.empty()) return Status::kSuccess;
    const Status status = SleepOn(&queue, end.interruptible());
    if (status != Status::kSuccess) return status;
  }
}

}  // namespace fl::kernel
