// FileCompletion: who is told that an operation of a file has ended: the io status block, an event, a call of the
// thread's, a completion port.
// Invariants:  everything that can fail for want of a right, a pointer or memory fails in Prepare, before the
//              operation. An operation that fails has not begun, as far as others are concerned: the status is all
//              that is said.
#pragma once

#include "kernel/file_object.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

class FileCompletion {
 public:
  /// Of a call whose arguments are (file, event, APC, its context, io status block, ...).
  /// `may_lack_block`: a null io status block will do, as Wine's LockFile gives one.
  static Result<FileCompletion> Prepare(const SystemCall& call, FileObject& file,
                                        bool may_lack_block = false);

  void Begin() { notice_.Begin(); }
  /// For an operation that may end later: it takes what it is to tell.
  IoNotice& notice() { return notice_; }
  /// `status`; with kPending there is nothing to tell yet.
  Status End(Status status, u32 information);

 private:
  explicit FileCompletion(FileObject& file) : file_(file) {}

  FileObject& file_;
  IoNotice notice_;
};

}  // namespace fl::kernel
