// System calls: locking ranges of a file's bytes.
#include "kernel/kernel.h"
#include "kernel/syscall/file_completion.h"
#include "kernel/syscall/file_options.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

struct LockTarget {
  RefPtr<FileObject> file;
  ByteRange64 range;
  ByteLocks& locks() const { return file->disk()->open().locks; }
};

Result<LockTarget> FindTarget(const SystemCall& call, u32 offset_pointer, u32 length_pointer) {
  LockTarget target;
  target.file = TRY(call.process.handles().FindAs<FileObject>(call[0], 0));
  const u32 access = TRY(call.process.handles().Find(call[0])).access;
  if ((access & (kFileReadData | kFileWriteData)) == 0) return Status::kAccessDenied;
  if (!target.file->file()) return Status::kInvalidDeviceRequest;
  target.range.offset = TRY(ReadUser<u64>(offset_pointer));
  target.range.length = TRY(ReadUser<u64>(length_pointer));
  return target;
}

}  // namespace

/// (file, event, APC, context, io status block, offset, length, key, fail at once, exclusive)
Status NtLockFile(const SystemCall& call) {
  const LockTarget target = TRY(FindTarget(call, call[5], call[6]));
  FileCompletion completion = TRY(FileCompletion::Prepare(call, *target.file, true));
  const bool wait = u8(call[8]) == 0, exclusive = u8(call[9]) != 0;
  const LockOwner owner{target.file.get(), call.process.id(), call[7]};
  completion.Begin();
  Scheduler& scheduler = TheKernel().scheduler;
  for (;;) {
    const Status status = target.locks().Lock(target.range, owner, exclusive);
    if (status != Status::kLockNotGranted || !wait) return completion.End(status, 0);
    const WakeReason reason = scheduler.WaitUntil(&target.locks(), kNever, Interruptible::kYes);
    if (reason != WakeReason::kWoken) return Scheduler::StatusOf(reason);
    // Its last handle may be gone meanwhile, and what it locks with it.
    if (target.file->handle_count() == 0) return Status::kInvalidHandle;
  }
}

/// (file, io status block, offset, length, key)
Status NtUnlockFile(const SystemCall& call) {
  const u32 io_pointer = call[1];
  if (io_pointer != 0) TRY_STATUS(ProbeForWrite(io_pointer, sizeof(IoStatusBlock)));
  const LockTarget target = TRY(FindTarget(call, call[2], call[3]));
  const Status status =
      target.locks().Unlock(target.range, {target.file.get(), call.process.id(), call[4]});
  TheKernel().scheduler.WakeAll(&target.locks());
  if (io_pointer != 0) (void)WriteUser(io_pointer, IoStatusBlock{Code(status), 0});
  return status;
}

}  // namespace fl::kernel
