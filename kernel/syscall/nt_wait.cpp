// System calls: waiting for objects.
#include "kernel/kernel.h"
#include "kernel/sync_objects.h"
#include "kernel/syscall/deadline.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/sync_rights.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// What most waits name; more need more room on the kernel's stack.
constexpr u32 kFewObjects = 4;

enum WaitType : u32 { kWaitAll = 0, kWaitAny = 1 };

/// Nothing ever happens to these that could be waited for.
bool IsWaitable(ObjectType type) {
  return type != ObjectType::kSection && type != ObjectType::kKeyedEvent;
}

/// kInvalidHandle, kObjectTypeMismatch, kAccessDenied.
Result<RefPtr<Object>> FindWaitable(const SystemCall& call, u32 handle) {
  if (handle == kCurrentProcess) return RefPtr<Object>(&call.process);
  if (handle == kCurrentThread) return RefPtr<Object>(&TheKernel().scheduler.current());
  HandleTable::Found found = TRY(call.process.handles().Find(handle));
  if (!IsWaitable(found.object->type())) return Status::kObjectTypeMismatch;
  if ((found.access & kSynchronize) == 0) return Status::kAccessDenied;
  return std::move(found.object);
}

template <u32 kRoom>
Status WaitForSeveral(const SystemCall& call, std::span<const u32> handles, WaitKind kind,
                      u64 deadline, Interruptible interruptible) {
  RefPtr<Object> objects[kRoom];
  WaitBlock blocks[kRoom];
  for (u32 i = 0; i < handles.size(); ++i) {
    objects[i] = TRY(FindWaitable(call, handles[i]));
    blocks[i].object = objects[i].get();
    for (u32 k = 0; kind == WaitKind::kAll && k < i; ++k) {
      if (objects[k] == objects[i]) return Status::kInvalidParameterMix;
    }
  }
  Scheduler& scheduler = TheKernel().scheduler;
  Wait wait(scheduler.current(), kind, {blocks, handles.size()});
  return scheduler.WaitFor(wait, deadline, interruptible);
}

/// The first half of NtSignalAndWaitForSingleObject, for each type that has one.
Status SignalOne(const SystemCall& call, u32 handle) {
  HandleTable& handles = call.process.handles();
  const ObjectType type = TRY(handles.Find(handle)).object->type();
  if (type == ObjectType::kEvent) {
    TRY(handles.FindAs<Event>(handle, kEventModifyState))->Set();
  } else if (type == ObjectType::kSemaphore) {
    const auto semaphore = TRY(handles.FindAs<Semaphore>(handle, kSemaphoreModifyState));
    TRY(semaphore->Release(1));
  } else if (type == ObjectType::kMutant) {
    const auto mutant = TRY(handles.FindAs<Mutant>(handle, 0));
    TRY(mutant->Release(TheKernel().scheduler.current()));
  } else {
    return Status::kObjectTypeMismatch;
  }
  return Status::kSuccess;
}

}  // namespace

Status NtWaitForSingleObject(const SystemCall& call) {
  const u64 deadline = TRY(ReadDeadline(call[2]));
  const RefPtr<Object> object = TRY(FindWaitable(call, call[0]));
  return TheKernel().scheduler.WaitFor(*object, deadline, ReadAlertable(call[1]));
}

Status NtWaitForMultipleObjects(const SystemCall& call) {
  const u32 count = call[0], type = call[2];
  if (count == 0 || count > Wait::kMaxObjects) return Status::kInvalidParameter1;
  if (type > kWaitAny) return Status::kInvalidParameter3;
  const u64 deadline = TRY(ReadDeadline(call[4]));
  u32 handles[Wait::kMaxObjects];
  TRY_STATUS(CopyFromUser(handles, call[1], count * u32(sizeof(u32))));
  const WaitKind kind = type == kWaitAny ? WaitKind::kAny : WaitKind::kAll;
  const std::span<const u32> named(handles, count);
  const auto wait =
      count <= kFewObjects ? WaitForSeveral<kFewObjects> : WaitForSeveral<Wait::kMaxObjects>;
  return wait(call, named, kind, deadline, ReadAlertable(call[3]));
}

Status NtSignalAndWaitForSingleObject(const SystemCall& call) {
  const u64 deadline = TRY(ReadDeadline(call[3]));
  // Looked up first: a wait that cannot begin signals nothing.
  const RefPtr<Object> object = TRY(FindWaitable(call, call[1]));
  TRY_STATUS(SignalOne(call, call[0]));
  return TheKernel().scheduler.WaitFor(*object, deadline, ReadAlertable(call[2]));
}

}  // namespace fl::kernel
