// System calls: threads.
#include "kernel/kernel.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/ps_attributes.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/thread_context.h"
#include "kernel/user_thread.h"

namespace fl::kernel {
namespace {

constexpr u32 kCreateSuspended = 0x1;
/// THREAD_CREATE_FLAGS_* that ask for less than is done anyway, or concern debuggers.
constexpr u32 kKnownCreateFlags = 0x7F;

enum InformationClass : u32 {
  kBasicInformation = 0,
  kPriority = 2,
  kBasePriority = 3,
  kAffinityMask = 4,
  kAmILastThread = 12,
};

struct BasicInformation {
  u32 exit_status;
  u32 teb;
  u32 process_id, thread_id;
  u32 affinity_mask;
  u32 priority;
  u32 base_priority;
};
static_assert(sizeof(BasicInformation) == 28);

// NT's: an increment of this much saturates at the ends of what is not real-time.
constexpr i32 kSaturation = 15;
constexpr i32 kLowestPriority = 1;
constexpr i32 kHighestNormalPriority = 15;
constexpr i32 kLargestIncrement = 2;

/// From an increment to the process' own. kInvalidParameter.
Result<u8> BasePriority(i32 increment) {
  if (increment >= kSaturation) return u8(kHighestNormalPriority);
  if (increment <= -kSaturation) return u8(kLowestPriority);
  if (increment > kLargestIncrement || increment < -kLargestIncrement) {
    return Status::kInvalidParameter;
  }
  return u8(kNormalPriority + increment);
}

/// A thread whose registers can be looked at: it has been prepared and has not left.
Result<RefPtr<Thread>> FindThreadWithContext(const SystemCall& call, u32 handle, u32 access) {
  RefPtr<Thread> thread = TRY(FindThread(call, handle, access));
  if (!thread->process() || thread->user_stack.base.value == 0) {
    return Status::kThreadIsTerminating;
  }
  return thread;
}

Status Answer(u32 out, u32 length, u32 returned, const void* value, u32 size) {
  if (length != size) return Status::kInfoLengthMismatch;
  TRY_STATUS(CopyToUser(out, value, size));
  return returned ? WriteUser(returned, size) : Status::kSuccess;
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
  ThreadAttributes attributes;
  if (call[10]) attributes = TRY(ReadThreadAttributes(call[10]));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[3], kProcessCreateThread));
  if (process->terminating()) return Status::kProcessIsTerminating;

  // Nothing sleeps from here to the handle; a failure gives back everything with the thread.
  Kernel& kernel = TheKernel();
  const RefPtr<Thread> thread =
      TRY(Thread::Create(kernel.system_space, process, RunUserThread, nullptr));
  TRY_STATUS(PrepareUserThread(*thread, request));
  if ((flags & kCreateSuspended) != 0) TRY(thread->Suspend());
  NewHandle handle = TRY(NewHandle::Insert(call, thread, GrantedAccess(access, kThreadMapping)));
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
  const Vector<char> name = TRY(ReadObjectName(call[2]));
  if (!name.empty()) return Status::kInvalidParameterMix;
  const u32 process_id = TRY(ReadUser<u32>(client_id));
  const u32 thread_id = TRY(ReadUser<u32>(client_id + 4));
  Thread* found = nullptr;
  for (Process& process : TheKernel().processes) {
    if (process_id != 0 && process.id() != process_id) continue;
    if ((found = process.FindThread(thread_id))) break;
  }
  if (!found) return Status::kInvalidCid;
  const RefPtr<Thread> thread(found);
  return TRY(NewHandle::Insert(call, thread, GrantedAccess(access, kThreadMapping)))
      .Deliver(handle_pointer);
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

Status NtQueryInformationThread(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  switch (what) {
    case kBasicInformation: {
      if (length != sizeof(BasicInformation)) return Status::kInfoLengthMismatch;
      const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadQueryLimited));
      const BasicInformation information{
          .exit_status = thread->ended() ? thread->exit_status() : Code(Status::kPending),
          .teb = thread->teb.value,
          .process_id = thread->process_id(),
          .thread_id = thread->id(),
          .affinity_mask = 1,
          .priority = thread->priority,
          .base_priority = thread->priority};
      return Answer(out, length, returned, &information, sizeof(information));
    }
    case kAmILastThread: {
      if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
      const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadQueryInformation));
      const Process* process = thread->process();
      const u32 last = process && process->thread_count() == 1;
      return Answer(out, length, returned, &last, sizeof(last));
    }
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtSetInformationThread(const SystemCall& call) {
  const u32 what = call[1], in = call[2], length = call[3];
  if (what != kPriority && what != kBasePriority && what != kAffinityMask) {
    return Status::kInvalidInfoClass;
  }
  if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
  const u32 value = TRY(ReadUser<u32>(in));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSetInformation));
  if (what == kAffinityMask) {
    // There is one processor.
    return value == 1 ? Status::kSuccess : Status::kInvalidParameter;
  }
  u8 priority = 0;
  if (what == kBasePriority) {
    priority = TRY(BasePriority(i32(value)));
  } else {
    if (value == 0 || value > kHighestNormalPriority) return Status::kInvalidParameter;
    priority = u8(value);
  }
  TheKernel().scheduler.SetPriority(*thread, priority);
  return Status::kSuccess;
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
