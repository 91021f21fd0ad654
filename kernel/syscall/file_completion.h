// FileCompletion: who is told that an operation of a file has ended: the io status block, an event, a call of the
// thread's, a completion port.
// Invariants:  everything that can fail for want of a right or a pointer fails in Prepare, before the operation. An
//              operation that fails has not begun, as far as others are concerned: the status is all that is said.
#pragma once

#include "kernel/file_object.h"
#include "kernel/sync_objects.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

class FileCompletion {
 public:
  /// Of a call whose arguments are (file, event, APC, its context, io status block, ...).
  /// `may_lack_block`: a null io status block will do, as Wine's LockFile gives one.
  static Result<FileCompletion> Prepare(const SystemCall& call, FileObject& file,
                                        bool may_lack_block = false);

  void Begin() {
    if (event_) event_->Reset();
  }
  /// `status`, or what kept it from being told.
  Status End(Status status, u32 information);

 private:
  FileCompletion(FileObject& file, u32 apc, u32 context, u32 io_pointer)
      : file_(file), apc_(apc), context_(context), io_pointer_(io_pointer) {}

  FileObject& file_;
  const u32 apc_, context_, io_pointer_;
  RefPtr<Event> event_;
};

}  // namespace fl::kernel
