// System calls: threads.
#include "kernel/kernel.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/ps_attributes.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/token_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/thread_context.h"
#include "kernel/user_thread.h"

namespace fl::kernel {
namespace {

constexpr u32 kCreateSuspended = 0x1;
/// THREAD_CREATE_FLAGS_* that ask for less than is done anyway, or concern debuggers.
constexpr u32 kKnownCreateFlags = 0x7F;

/// A thread whose registers can be looked at: it has been prepared and has not left.
Result<RefPtr<Thread>> FindThreadWithContext(const SystemCall& call, u32 handle, u32 access) {
  RefPtr<Thread> thread = TRY(FindThread(call, handle, access));
  if (!thread->process() || thread->user_stack.base.value == 0) {
    return Status::kThreadIsTerminating;
  }
  return thread;
}

/// A handle to a thread that somebody else may end while the caller is told.
Status GiveThread(const SystemCall& call, Thread& thread, u32 access, u8 attributes,
                  u32 handle_pointer) {
  const RefPtr<Thread> kept(&thread);
  return TRY(NewHandle::Insert(call, kept, GrantedThreadAccess(access), attributes))
      .Deliver(handle_pointer);
}

Status TellCreator(const Thread& thread, const ThreadAttributes& attributes, NewHandle& handle,
                   u32 handle_pointer) {
  TRY_STATUS(TellClientId(attributes.client_id, thread));
  if (attributes.teb_address) TRY_STATUS(WriteUser(attributes.teb_address, thread.teb.value));
  return handle.Deliver(handle_pointer);
}

}  // namespace

Status NtCreateThreadEx(const SystemCall& call) {
  const u32 handle_pointer = call[0], access = call[1], flags = call[6];
  const UserThreadRequest request{.start = VirtAddr(call[4]),
                                  .argument = call[5],
                                  .stack_reserve = call[9],
                                  .stack_commit = call[8],
                                  .zero_bits = call[7],
                                  .teb = {}};
  if ((flags & ~kKnownCreateFlags) != 0) return Status::kInvalidParameter7;
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const u8 handle_attributes = TRY(CaptureAttributes(call[2])).ForHandle();
  ThreadAttributes attributes;
  if (call[10]) attributes = TRY(ReadThreadAttributes(call[10]));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[3], kProcessCreateThread));
  if (process->terminating()) return Status::kProcessIsTerminating;

  // Nothing sleeps from here to the handle; a failure gives back everything with the thread.
  Kernel& kernel = TheKernel();
  const RefPtr<Thread> thread =
      TRY(Thread::Create(kernel.system_space, process, RunUserThread, nullptr));
  TRY_STATUS(PrepareUserThread(*thread, request));
  thread->start_address = request.start;
  if ((flags & kCreateSuspended) != 0) TRY(thread->Suspend());
  NewHandle handle =
      TRY(NewHandle::Insert(call, thread, GrantedThreadAccess(access), handle_attributes));
  // The creator finds all of it before the thread can run. Others may have found the thread by now, so one
  // whose creator cannot be told is started, too: to end before it gets to user mode.
  const Status told = TellCreator(*thread, attributes, handle, handle_pointer);
  if (IsFailure(told)) thread->Terminate(Code(told));
  kernel.scheduler.Start(thread);
  return told;
}

Status NtOpenThread(const SystemCall& call) {
  const u32 handle_pointer = call[0], access = call[1], client_id = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (client_id == 0) return Status::kInvalidParameterMix;
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  if (!attributes.name.empty()) return Status::kInvalidParameterMix;
  const u32 process_id = TRY(ReadUser<u32>(client_id));
  const u32 thread_id = TRY(ReadUser<u32>(client_id + 4));
  Thread* found = nullptr;
  for (Process& process : TheKernel().processes) {
    if (process_id != 0 && process.id() != process_id) continue;
    if ((found = process.FindThread(thread_id))) break;
  }
  if (!found) return Status::kInvalidCid;
  return GiveThread(call, *found, access, attributes.ForHandle(), handle_pointer);
}

/// (process, thread or null, access, attributes, flags, handle)
Status NtGetNextThread(const SystemCall& call) {
  const u32 previous = call[1], access = call[2], attributes = call[3], flags = call[4];
  const u32 handle_pointer = call[5];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (flags != 0) return Status::kInvalidParameter;
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryInformation));
  u32 last_id = 0;
  if (previous != 0) {
    const RefPtr<Thread> thread = TRY(FindThread(call, previous, 0));
    if (thread->process_id() != process->id()) return Status::kInvalidParameter;
    last_id = thread->id();
  }
  Thread* next = nullptr;
  for (Thread& thread : process->threads()) {
    if (thread.id() > last_id && (!next || thread.id() < next->id())) next = &thread;
  }
  if (!next) return Status::kNoMoreEntries;
  return GiveThread(call, *next, access, u8(attributes & kHandleInherit), handle_pointer);
}

Status NtTerminateThread(const SystemCall& call) {
  const u32 handle = call[0], status = call[1];
  if (handle == 0) {
    // NT: the caller itself, but not as the last of its process.
    if (call.process.thread_count() == 1) return Status::kCantTerminateSelf;
    TheKernel().scheduler.current().Terminate(status);
    return Status::kSuccess;
  }
  const RefPtr<Thread> thread = TRY(FindThread(call, handle, kThreadTerminate));
  thread->Terminate(status);
  return Status::kSuccess;
}

Status NtSuspendThread(const SystemCall& call) {
  const u32 count_pointer = call[1];
  if (count_pointer) TRY_STATUS(ProbeForWrite(count_pointer, sizeof(u32)));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSuspendResume));
  const u32 count = TRY(thread->Suspend());
  return count_pointer ? WriteUser(count_pointer, count) : Status::kSuccess;
}

Status NtResumeThread(const SystemCall& call) {
  const u32 count_pointer = call[1];
  if (count_pointer) TRY_STATUS(ProbeForWrite(count_pointer, sizeof(u32)));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSuspendResume));
  const u32 count = thread->Resume();
  return count_pointer ? WriteUser(count_pointer, count) : Status::kSuccess;
}

Status NtGetContextThread(const SystemCall& call) {
  const u32 pointer = call[1];
  TRY_STATUS(ProbeForWrite(pointer, sizeof(ThreadContext)));
  ThreadContext context;
  TRY_STATUS(CopyFromUser(&context, pointer, sizeof(context)));
  const RefPtr<Thread> thread = TRY(FindThreadWithContext(call, call[0], kThreadGetContext));
  GetContext(*thread, context);
  return CopyToUser(pointer, &context, sizeof(context));
}

Status NtSetContextThread(const SystemCall& call) {
  ThreadContext context;
  TRY_STATUS(CopyFromUser(&context, call[1], sizeof(context)));
  const RefPtr<Thread> thread = TRY(FindThreadWithContext(call, call[0], kThreadSetContext));
  SetContext(*thread, context);
  return Status::kSuccess;
}

}  // namespace fl::kernel
