// IoCall: see io_call.h.
#include "kernel/syscall/io_call.h"

#include "kernel/kernel.h"
#include "kernel/syscall/sync_rights.h"

namespace fl::kernel {

Status PrepareNotice(const SystemCall& call, FileObject& file, IoNotice& notice) {
  TRY_STATUS(ProbeForWrite(call[4], sizeof(IoStatusBlock)));
  RefPtr<Event> event;
  if (call[1] != 0) event = TRY(call.process.handles().FindAs<Event>(call[1], kEventModifyState));
  return notice.Prepare(file, {.event = std::move(event),
                               .routine = call[2],
                               .context = call[3],
                               .io_pointer = call[4]});
}

Status EndIoCall(const SystemCall& call, FileObject& file, IoNotice& notice, Status status,
                 u32 information) {
  if (status == Status::kPending) return status;
  // What was done was done, whether the program can be told or not.
  (void)WriteUser(call[4], IoStatusBlock{Code(status), information});
  file.OnOperationEnd();
  notice.Tell(file, TheKernel().scheduler.current(), status, information, false);
  return status;
}

}  // namespace fl::kernel
