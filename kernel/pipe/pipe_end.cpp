// PipeEnd, NamedPipe: see pipe_end.h, named_pipe.h.
#include "kernel/pipe/pipe_end.h"

#include <new>

#include "kernel/kernel.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

// FILE_*
constexpr u32 kSynchronousAlert = 0x10;
constexpr u32 kSynchronousNonAlert = 0x20;

}  // namespace

RefPtr<PipeConnection> NamedPipe::NewConnection() const {
  return AdoptRef(new (std::nothrow) PipeConnection(shape.inbound_quota, shape.outbound_quota));
}

PipeEnd* NamedPipe::FindListening() {
  for (PipeEnd& server : servers) {
    if (server.state() == PipeState::kListening) return &server;
  }
  return nullptr;
}

NamedPipe* PipeNames::Find(std::string_view name) {
  for (NamedPipe& pipe : pipes_) {
    if (pe::EqualIgnoringCase(pipe.name(), name)) return &pipe;
  }
  return nullptr;
}

PipeEnd::PipeEnd(RefPtr<NamedPipe> pipe, RefPtr<PipeConnection> connection, PipeSide side,
                 u32 options)
    : pipe_(std::move(pipe)), connection_(std::move(connection)), side_(side), options_(options) {
  if (side_ != PipeSide::kServer) return;
  pipe_->servers.PushBack(*this);
  ++pipe_->instances;
}

PipeEnd::~PipeEnd() {
  // One that nobody was given a handle to has no last one.
  Close();
}

bool PipeEnd::synchronous() const {
  return (options_ & (kSynchronousAlert | kSynchronousNonAlert)) != 0;
}

Interruptible PipeEnd::interruptible() const {
  return (options_ & kSynchronousAlert) != 0 ? Interruptible::kAlertable : Interruptible::kYes;
}

void PipeEnd::SetReadMode(PipeMode mode) {
  read_mode_ = mode;
  if (connection_) connection_->Incoming(side_).mode = mode;
}

void PipeEnd::OnOperationEnd() {
  signaled_ = true;
  EndWaits(*this);
}

Status PipeEnd::StatusFor(PipeDirection direction) const {
  switch (state()) {
    case PipeState::kDisconnected:
      return Status::kPipeDisconnected;
    case PipeState::kListening:
      return Status::kPipeListening;
    case PipeState::kClosing:
      return direction == PipeDirection::kWrite ? Status::kPipeClosing : Status::kSuccess;
    case PipeState::kConnected:
      break;
  }
  return Status::kSuccess;
}

void PipeEnd::Cancel(IoRequest& request) {
  if (connection_) {
    connection_->inbound.Withdraw(request);
    if (!static_cast<ListNode<IoRequest>&>(request).linked())
      connection_->outbound.Withdraw(request);
  }
  if (static_cast<ListNode<IoRequest>&>(request).linked()) {
    static_cast<ListNode<IoRequest>&>(request).Unlink();
  }
  request.Complete(Status::kCancelled, 0);
}

void PipeEnd::OnClient(u32 process) {
  connection_->state = PipeState::kConnected;
  connection_->client_process = process;
  TheKernel().scheduler.WakeAll(&listeners_);
  while (IoRequest* listener = listeners_.PopFront()) listener->Complete(Status::kSuccess, 0);
}

Status PipeEnd::Listen(RefPtr<PipeConnection> connection) {
  switch (state()) {
    case PipeState::kConnected:
      return Status::kPipeConnected;
    case PipeState::kClosing:
      return Status::kPipeClosing;
    case PipeState::kDisconnected:
      connection_ = std::move(connection);
      SetReadMode(read_mode_);
      TheKernel().scheduler.WakeAll(&TheKernel().pipes);
      break;
    case PipeState::kListening:
      break;
  }
  return waits ? Status::kPending : Status::kPipeListening;
}

Status PipeEnd::Disconnect() {
  if (!connection_) return Status::kPipeDisconnected;
  const RefPtr<PipeConnection> old = std::move(connection_);
  old->state = PipeState::kDisconnected;
  TheKernel().scheduler.WakeAll(&listeners_);
  while (IoRequest* listener = listeners_.PopFront()) {
    listener->Complete(Status::kPipeDisconnected, 0);
  }
  old->inbound.EndAll(Status::kPipeDisconnected, true);
  old->outbound.EndAll(Status::kPipeDisconnected, true);
  return Status::kSuccess;
}

void PipeEnd::OnLastHandleClosed() {
  // Who ends requests may hold the last reference but this one.
  const RefPtr<FileObject> kept(this);
  Close();
}

void PipeEnd::Close() {
  if (linked()) {
    Unlink();
    if (--pipe_->instances == 0) pipe_->ListNode<NamedPipe>::Unlink();
    TheKernel().scheduler.WakeAll(&TheKernel().pipes);
  }
  while (IoRequest* listener = listeners_.PopFront()) listener->Complete(Status::kPipeBroken, 0);
  if (!connection_) return;
  const RefPtr<PipeConnection> connection = std::move(connection_);
  const bool other_is_there = connection->state == PipeState::kConnected;
  if (connection->state != PipeState::kDisconnected) connection->state = PipeState::kClosing;
  // What it wrote can be read still; what was written to it cannot.
  connection->Incoming(side_).EndAll(Status::kPipeBroken, true);
  connection->Outgoing(side_).EndWriters();
  connection->Outgoing(side_).EndAll(Status::kPipeBroken, !other_is_there);
}

}  // namespace fl::kernel
