// FileCompletion: see file_completion.h.
#include "kernel/syscall/file_completion.h"

#include "kernel/kernel.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

Result<FileCompletion> FileCompletion::Prepare(const SystemCall& call, FileObject& file,
                                               bool may_lack_block) {
  FileCompletion completion(file, call[2], call[3], call[4]);
  if (completion.io_pointer_ != 0 || !may_lack_block) {
    TRY_STATUS(ProbeForWrite(completion.io_pointer_, sizeof(IoStatusBlock)));
  }
  if (call[1] != 0) {
    completion.event_ = TRY(call.process.handles().FindAs<Event>(call[1], kEventModifyState));
  }
  // A port and a call exclude each other; without user mode there is nobody to make the call.
  if (completion.apc_ != 0 && file.port) return Status::kInvalidParameter;
  if (completion.apc_ != 0 && !call.process.user_mode()) return Status::kNotImplemented;
  return completion;
}

Status FileCompletion::End(Status status, u32 information) {
  // What was done was done, whether the program can be told or not.
  if (io_pointer_ != 0) {
    (void)WriteUser(io_pointer_, IoStatusBlock{Code(status), information});
  }
  if (IsFailure(status)) return status;
  Scheduler& scheduler = TheKernel().scheduler;
  if (event_) event_->Set();
  if (apc_ != 0) {
    return scheduler.current().QueueCall(
        {.routine = apc_, .arguments = {context_, io_pointer_, 0}});
  }
  if (file_.port && context_ != 0) {
    IoCompletion::Taker* const taker = TRY(file_.port->Post({.key = file_.port_key,
                                                             .value = context_,
                                                             .status = Code(status),
                                                             .information = information}));
    if (taker) scheduler.WakeAll(taker);
  }
  return status;
}

}  // namespace fl::kernel
