// LoaderCall: see loader_call.h. The life of a call, and the way into a routine and back.
#include "kernel/loader/loader_call.h"

#include <new>

#include "kernel/exception.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/syscall_stubs.h"
#include "kernel/x86/context.h"

namespace fl::kernel {
namespace {

/// Routines that load DLLs whose routines load DLLs...
constexpr u32 kMaxNesting = 64;
constexpr u32 kReturnAddressAndArguments = 16;

/// Has the thread left the routine behind, by its stack pointer?
bool IsLeft(const Thread& thread, u32 routine_esp, u32 esp) {
  return esp > routine_esp + kReturnAddressAndArguments &&
         thread.user_stack.Contains(VirtAddr(routine_esp)) &&
         thread.user_stack.Contains(VirtAddr(esp));
}

}  // namespace

void LoaderCall::Reset(LoaderTask task, const x86::TrapFrame& caller) {
  LoaderCall* const outer = outer_;
  this->~LoaderCall();
  new (this) LoaderCall;
  outer_ = outer;
  task_ = task;
  caller_ = caller;
  switch (task) {
    case LoaderTask::kUnload:
      phase_ = Phase::kDoom;
      break;
    case LoaderTask::kStartThread:
      phase_ = Phase::kTellThread;
      break;
    case LoaderTask::kExitThread:
      phase_ = Phase::kTellThread;
      last_order_ = ~0u;
      break;
    case LoaderTask::kExitProcess:
      phase_ = Phase::kTellExit;
      last_order_ = ~0u;
      break;
    default:
      phase_ = Phase::kAttach;
      break;
  }
}

Result<LoaderCall*> LoaderCall::Begin(Thread& thread, LoaderTask task,
                                      const x86::TrapFrame& caller) {
  while (thread.loader_call && IsLeft(thread, thread.loader_call->routine_esp_, caller.user_esp)) {
    End(thread);
  }
  u32 depth = 0;
  for (const LoaderCall* call = thread.loader_call; call; call = call->outer_) ++depth;
  if (depth >= kMaxNesting) return Status::kTooManyLinks;
  auto* call = new (std::nothrow) LoaderCall;
  if (!call) return Status::kNoMemory;
  if (const Status locked = thread.process()->modules().lock.Acquire(); IsFailure(locked)) {
    delete call;
    return locked;
  }
  call->Reset(task, caller);
  call->outer_ = thread.loader_call;
  thread.loader_call = call;
  return call;
}

void LoaderCall::End(Thread& thread) {
  LoaderCall* const call = thread.loader_call;
  thread.loader_call = call->outer_;
  thread.process()->modules().lock.Release();
  call->outer_ = nullptr;
  if (thread.exit_call) {
    delete call;
  } else {
    // The one that it keeps.
    call->Reset(call->task_, call->caller_);
    thread.exit_call = call;
  }
}

Status LoaderCall::Keep(Thread& thread) {
  thread.exit_call = new (std::nothrow) LoaderCall;
  return thread.exit_call ? Status::kSuccess : Status::kNoMemory;
}

Result<LoaderCall*> LoaderCall::BeginKept(Thread& thread, LoaderTask task, u32 exit_status,
                                          const x86::TrapFrame& caller) {
  while (thread.loader_call) End(thread);
  TRY_STATUS(thread.process()->modules().lock.Acquire());
  LoaderCall* const call = thread.exit_call;
  KASSERT(call);
  thread.exit_call = nullptr;
  call->Reset(task, caller);
  call->exit_status_ = exit_status;
  thread.loader_call = call;
  return call;
}

void LoaderCall::DropAll(Thread& thread) {
  while (LoaderCall* const call = thread.loader_call) {
    thread.loader_call = call->outer_;
    delete call;
  }
  delete thread.exit_call;
  thread.exit_call = nullptr;
  if (thread.process()) thread.process()->modules().lock.ReleaseAll(thread);
}

/// stdcall: routine(base, reason, reserved).
void LoaderCall::Call(Thread& thread, x86::TrapFrame& frame, u32 routine) {
  const bool at_start_or_end =
      task_ == LoaderTask::kStartProgram || task_ == LoaderTask::kExitProcess;
  const u32 words[] = {SyscallStubs::LoaderReturnAddress().value, module_->Base().value, reason_,
                       at_start_or_end ? 1u : 0u};
  static_assert(sizeof(words) == kReturnAddressAndArguments);
  const u32 esp = caller_.user_esp - u32(sizeof(words));
  const Status pushed = CopyToUser(esp, words, sizeof(words));
  if (IsFailure(pushed)) {
    // The program's stack is spoilt or full: what would have come of the push.
    EndProcessByException(thread, VirtAddr(caller_.eip),
                          {.status = pushed,
                           .has_address = true,
                           .address = VirtAddr(esp),
                           .access = mm::Access::kWrite});
    return;
  }
  routine_esp_ = esp;
  in_routine_ = true;
  const u32 ebp = caller_.ebp;
  frame = x86::UserFrame(VirtAddr(routine), VirtAddr(esp));
  frame.ebp = ebp;
}

Status ContinueLoaderCall(Thread& thread, x86::TrapFrame& frame) {
  // Whatever the routine was declared as: its return address was taken, its arguments perhaps.
  const auto is_from = [&frame](const LoaderCall& call) {
    const u32 popped = frame.user_esp - call.routine_esp_;
    return popped >= 4 && popped <= kReturnAddressAndArguments && call.in_routine_;
  };
  const LoaderCall* match = thread.loader_call;
  while (match && !is_from(*match)) match = match->outer_;
  // Nobody called: the stub goes on into a breakpoint.
  if (!match) return Status::kInvalidParameter;
  while (thread.loader_call != match) LoaderCall::End(thread);
  LoaderCall& call = *thread.loader_call;
  call.TakeResult(thread, frame.ecx);
  return call.Run(thread, frame);
}

}  // namespace fl::kernel
