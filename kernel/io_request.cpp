// IoRequest: see io_request.h.
#include "kernel/io_request.h"

#include <new>

#include "kernel/file_object.h"
#include "kernel/kernel.h"
#include "kernel/process_memory.h"

namespace fl::kernel {

Status IoNotice::Prepare(FileObject& file, Wishes wishes) {
  wishes_ = std::move(wishes);
  if (wishes_.routine != 0) {
    if (file.completion.port) return Status::kInvalidParameter;
    apc_ = new (std::nothrow) UserApc;
    if (!apc_) return Status::kNoMemory;
    apc_->call = {wishes_.routine, {wishes_.context, wishes_.io_pointer, 0}};
  } else if (file.completion.port && wishes_.context != 0) {
    port_ = file.completion.port;
    key_ = file.completion.key;
    packet_ = new (std::nothrow) IoCompletion::Packet;
    if (!packet_) return Status::kNoMemory;
  }
  return Status::kSuccess;
}

void IoNotice::Tell(FileObject& file, Thread& thread, Status status, u32 information, bool pended) {
  if (!pended && IsFailure(status)) {
    constexpr u32 kError = 3;  // Warnings are told.
    if (Code(status) >> 30 == kError) return;
  }
  if (wishes_.event) wishes_.event->Set();
  if (apc_) thread.QueueOwnCall(*std::exchange(apc_, nullptr));
  if (!port_) return;
  constexpr u32 kSkipPortOnSuccess = 1;
  if (!pended && (file.completion.modes & kSkipPortOnSuccess) != 0) return;
  port_->PostOwn(
      *std::exchange(packet_, nullptr),
      {.key = key_, .value = wishes_.context, .status = Code(status), .information = information});
}

IoRequest::IoRequest(RefPtr<FileObject> file, IoNotice&& notice, u32 buffer, u32 length)
    : file_(std::move(file)),
      thread_(&TheKernel().scheduler.current()),
      process_(thread_->process()),
      notice_(std::move(notice)),
      buffer_(buffer),
      length_(length) {
  file_->requests.PushBack(*this);
  thread_->io_requests.PushBack(*this);
}

IoRequest::~IoRequest() {
  KASSERT(!ListNode<IoRequest>::linked());
  Claim();
}

void IoRequest::Claim() {
  if (ListNode<FileTag>::linked()) ListNode<FileTag>::Unlink();
  if (ListNode<IssuerTag>::linked()) ListNode<IssuerTag>::Unlink();
}

void IoRequest::Complete(Status status, u32 information) {
  Claim();  // What follows may sleep.
  if (!process_->terminating()) {
    const u32 block[] = {Code(status), information};
    (void)CopyToProcess(*process_, notice_.io_pointer(), std::as_bytes(std::span(block)));
  }
  file_->OnOperationEnd();
  notice_.Tell(*file_, *thread_, status, information, true);
  delete this;
}

void CancelRequestsOf(Thread& thread) {
  while (IoRequest* request = thread.io_requests.PopFront()) {
    if (!request->tells_port()) request->file().Cancel(*request);
  }
}

}  // namespace fl::kernel
