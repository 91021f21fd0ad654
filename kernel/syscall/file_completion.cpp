// FileCompletion: see file_completion.h.
#include "kernel/syscall/file_completion.h"

#include "kernel/kernel.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

Result<FileCompletion> FileCompletion::Prepare(const SystemCall& call, FileObject& file,
                                               bool may_lack_block) {
  const u32 event_handle = call[1], routine = call[2], io_pointer = call[4];
  if (io_pointer != 0 || !may_lack_block) {
    TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  }
  RefPtr<Event> event;
  if (event_handle != 0) {
    event = TRY(call.process.handles().FindAs<Event>(event_handle, kEventModifyState));
  }
  // Without user mode there is nobody to make the call.
  if (routine != 0 && !call.process.user_mode()) return Status::kNotImplemented;
  FileCompletion completion(file);
  TRY_STATUS(completion.notice_.Prepare(file, {.event = std::move(event),
                                               .routine = routine,
                                               .context = call[3],
                                               .io_pointer = io_pointer}));
  return completion;
}

Status FileCompletion::End(Status status, u32 information) {
  if (status == Status::kPending) return status;
  // What was done was done, whether the program can be told or not.
  if (notice_.io_pointer() != 0) {
    (void)WriteUser(notice_.io_pointer(), IoStatusBlock{Code(status), information});
  }
  file_.OnOperationEnd();
  notice_.Tell(file_, TheKernel().scheduler.current(), status, information, false);
  return status;
}

}  // namespace fl::kernel
