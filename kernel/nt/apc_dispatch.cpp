// ApcDispatch: see apc_dispatch.h.
#include "kernel/nt/apc_dispatch.h"

#include "kernel/base/log.h"
#include "kernel/nt/user_mode.h"
#include "kernel/process.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/thread_context.h"

namespace fl::kernel {
namespace {

constexpr u32 kTrap = 1u << 8;
constexpr u32 kDirection = 1u << 10;

/// What KiUserApcDispatcher finds at its stack pointer.
struct DispatcherFrame {
  u32 return_address;  ///< Nobody's: it does not return.
  u32 context_pointer;
  u32 arguments[3];
  u32 routine;
  ThreadContext context;
};
static_assert(offsetof(DispatcherFrame, context) == 4 + 0x14);

Status PushFrame(Thread& thread, const UserCall& call, u32& esp) {
  DispatcherFrame out;
  out.context.flags =
      kContextControl | kContextInteger | kContextSegments | kContextX87 | kContextExtended;
  GetContext(thread, out.context);
  esp = (out.context.esp & ~3u) - u32(sizeof(out));
  out.return_address = 0;
  out.context_pointer = esp + u32(offsetof(DispatcherFrame, context));
  for (u32 i = 0; i < 3; ++i) out.arguments[i] = call.arguments[i];
  out.routine = call.routine;
  return CopyToUser(esp, &out, sizeof(out));
}

}  // namespace

void EnterApcDispatcher(Thread& thread) {
  UserCall call;
  if (!thread.alerts.TakeCall(call)) return;
  Process& process = *thread.process();
  u32 esp = 0;
  if (const Status status = PushFrame(thread, call, esp); IsFailure(status)) {
    Log(LogLevel::kWarning, "thread %u has no stack for an APC", thread.id());
    return process.Terminate(Code(status));
  }
  x86::TrapFrame& frame = thread.user_frame();
  const x86::TrapFrame fresh = x86::UserFrame(
      process.ntdll() + process.user_mode()->entries().apc_dispatcher.value, VirtAddr(esp));
  frame.gs = fresh.gs;
  frame.fs = fresh.fs;
  frame.es = fresh.es;
  frame.ds = fresh.ds;
  frame.eip = fresh.eip;
  frame.user_esp = esp;
  frame.eflags &= ~(kTrap | kDirection);
  x86::SanitizeUserFrame(frame);
}

}  // namespace fl::kernel
