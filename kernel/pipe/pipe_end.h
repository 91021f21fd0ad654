// PipeEnd: what a handle to a pipe names: the server's end of an instance, or a client's.
// Invariants:  a server end without a connection is disconnected. Only one call at a time reads, and one writes,
//              through an end that was opened for synchronous use; who waits for its turn can be ended.
// Signalled:   as a file on NT: while no operation has begun that has not ended.
// Sleep:       where it says so; all is looked up again after that.
#pragma once

#include "kernel/file_object.h"
#include "kernel/pipe/named_pipe.h"

namespace fl::kernel {

enum class PipeDirection : u8 { kRead, kWrite };

class PipeEnd final : public FileObject, public ListNode<PipeEnd> {
 public:
  /// `connection`: null only for a server that starts disconnected, which none does.
  PipeEnd(RefPtr<NamedPipe> pipe, RefPtr<PipeConnection> connection, PipeSide side, u32 options);
  ~PipeEnd() override;

  // Pipes are read and written by pipe_transfer.h.
  Result<u32> Read(const u64*, std::span<std::byte>) override {
    return Status::kInvalidDeviceRequest;
  }
  Result<u32> Write(const u64*, std::span<const std::byte>) override {
    return Status::kInvalidDeviceRequest;
  }
  PipeEnd* pipe() override { return this; }
  u32 options() const override { return options_; }
  bool IsSignaledFor(const WaitingThread&) const override { return signaled_; }
  void OnOperationBegin() { signaled_ = false; }
  void OnOperationEnd() override;
  /// May sleep.
  void Cancel(IoRequest& request) override;

  NamedPipe& named() { return *pipe_; }
  PipeSide side() const { return side_; }
  PipeState state() const { return connection_ ? connection_->state : PipeState::kDisconnected; }
  /// Null: disconnected.
  const RefPtr<PipeConnection>& connection() const { return connection_; }
  bool synchronous() const;
  Interruptible interruptible() const;
  PipeMode read_mode() const { return read_mode_; }
  void SetReadMode(PipeMode mode);
  bool waits = true;  ///< FILE_PIPE_QUEUE_OPERATION.

  /// What a read or write gets while the pipe is not connected; kSuccess if it is, or may be read still.
  Status StatusFor(PipeDirection direction) const;

  // The server's.

  /// A client connects: the listening end becomes a connected one. Who listens is told; may sleep.
  void OnClient(u32 process);
  /// kSuccess if a client is there, kPending if it has to be waited for, or an error. `connection`: a new one, for
  /// an end that was disconnected.
  Status Listen(RefPtr<PipeConnection> connection);
  void AddListener(IoRequest& request) { listeners_.PushBack(request); }
  /// Woken when the state changes.
  const void* listeners_channel() const { return &listeners_; }
  bool WantsConnection() const { return !connection_; }
  /// kSuccess, or an error. May sleep.
  Status Disconnect();

  /// Held by a call that reads or writes an end for synchronous use.
  bool& busy(PipeDirection direction) { return busy_[u32(direction)]; }

 private:
  void OnLastHandleClosed() override;
  void Close();

  const RefPtr<NamedPipe> pipe_;
  RefPtr<PipeConnection> connection_;
  const PipeSide side_;
  const u32 options_;
  PipeMode read_mode_ = PipeMode::kBytes;
  bool signaled_ = true;
  bool busy_[2] = {};
  IntrusiveList<IoRequest> listeners_;
};

}  // namespace fl::kernel
