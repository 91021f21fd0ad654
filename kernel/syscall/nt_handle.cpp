// System calls: handles as such.
#include "kernel/kernel.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/object_types.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/thread_handle.h"

namespace fl::kernel {
namespace {

// DUPLICATE_*
constexpr u32 kCloseSource = 1;
constexpr u32 kSameAccess = 2;
constexpr u32 kSameAttributes = 4;

/// -1 and -2 stand for the caller's own process and thread, with all rights.
Result<HandleTable::Found> FindSource(const SystemCall& call, Process& process, u32 handle) {
  if (handle == kCurrentProcess) {
    return HandleTable::Found{RefPtr<Object>(&call.process), kProcessAllAccess};
  }
  if (handle == kCurrentThread) {
    return HandleTable::Found{RefPtr<Object>(&TheKernel().scheduler.current()), kThreadAllAccess};
  }
  return process.handles().Find(handle);
}

/// Nothing here has an owner who could refuse; but what a file may be used for was settled when it was opened.
Result<u32> ChooseAccess(const HandleTable::Found& source, u32 wanted, u32 options) {
  if ((options & kSameAccess) != 0) return source.access;
  const ObjectType type = source.object->type();
  if (type == ObjectType::kThread) return GrantedThreadAccess(wanted);
  const u32 granted = GrantedAccess(wanted, TypeInfo(type).mapping);
  if (type == ObjectType::kFile && (granted & ~source.access) != 0) return Status::kAccessDenied;
  return granted;
}

Status Duplicate(const SystemCall& call, const HandleTable::Found& source) {
  const u32 target_pointer = call[3], options = call[6];
  const u32 access = TRY(ChooseAccess(source, call[4], options));
  const u32 attributes = (options & kSameAttributes) != 0 ? source.attributes : call[5];
  const RefPtr<Process> target = TRY(FindLiveProcess(call, call[2], kProcessDuplicateHandle));
  NewHandle handle =
      TRY(NewHandle::Insert(target->handles(), source.object, access,
                            u8(attributes & (kHandleInherit | kHandleProtectFromClose))));
  if (target_pointer) return handle.Deliver(target_pointer);
  handle.Keep();
  return Status::kSuccess;
}

}  // namespace

/// Pseudo handles need not be closed, and can be.
Status NtClose(const SystemCall& call) {
  const u32 handle = call[0];
  if (handle == kCurrentProcess || handle == kCurrentThread) return Status::kSuccess;
  return call.process.handles().Close(handle);
}

/// (source process, handle, target process, new handle, access, attributes, options)
Status NtDuplicateObject(const SystemCall& call) {
  const u32 handle = call[1], target_process = call[2], target_pointer = call[3], options = call[6];
  if (target_pointer) TRY_STATUS(ProbeForWrite(target_pointer, sizeof(u32)));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessDuplicateHandle));
  const HandleTable::Found source = TRY(FindSource(call, *process, handle));
  const bool close = (options & kCloseSource) != 0;
  // Without a target, it is a way to close another process' handle.
  const Status status = close && target_process == 0 ? Status::kSuccess : Duplicate(call, source);
  // NT closes it whatever became of the rest. It may be another's meanwhile.
  if (close) {
    const Result<HandleTable::Found> now = process->handles().Find(handle);
    if (now.ok() && now->object == source.object) (void)process->handles().Close(handle);
  }
  return status;
}

}  // namespace fl::kernel
