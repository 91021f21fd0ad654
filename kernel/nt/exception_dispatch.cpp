// ExceptionDispatch: see exception_dispatch.h.
#include "kernel/nt/exception_dispatch.h"

#include "kernel/kernel.h"
#include "kernel/nt/user_mode.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/thread_context.h"

namespace fl::kernel {
namespace {

constexpr u32 kTrap = 1u << 8;
constexpr u32 kDirection = 1u << 10;
constexpr u32 kAlignmentCheck = 1u << 18;

/// CONTEXT_EX: where the parts of the context lie, relative to this.
struct ContextParts {
  i32 all_offset;
  u32 all_size;
  i32 legacy_offset;
  u32 legacy_size;
  u32 extended_offset, extended_size;
};
static_assert(sizeof(ContextParts) == 0x18);

/// What KiUserExceptionDispatcher finds at its stack pointer.
struct DispatcherFrame {
  u32 record_pointer, context_pointer;
  ThreadContext context;
  ContextParts parts;
  ExceptionRecord record;
  u32 unused[2];
};
static_assert(sizeof(DispatcherFrame) == 0x344);

void FillRecord(ExceptionRecord& record, const Exception& exception, u32 eip) {
  record = {.code = Code(exception.status),
            .flags = 0,
            .next = 0,
            .address = eip,
            .count = 0,
            .parameters = {}};
  const auto add = [&](u32 parameter) { record.parameters[record.count++] = parameter; };
  if (exception.has_address) {
    add(AccessParameter(exception.access));
    add(exception.address.value);
  }
  if (exception.status == Status::kInPageError) add(Code(exception.cause));
  if (exception.status == Status::kBreakpoint) record.count = 3;
  if (exception.status == Status::kFloatMultipleTraps) record.count = 1;
}

/// The thread will be in KiUserExceptionDispatcher, with its stack pointer at `esp`.
void EnterDispatcher(Thread& thread, u32 esp) {
  const Process& process = *thread.process();
  x86::TrapFrame& frame = thread.user_frame();
  const x86::TrapFrame fresh = x86::UserFrame(
      process.ntdll() + process.user_mode()->entries().exception_dispatcher.value, VirtAddr(esp));
  frame.gs = fresh.gs;
  frame.fs = fresh.fs;
  frame.es = fresh.es;
  frame.ds = fresh.ds;
  frame.eip = fresh.eip;
  frame.user_esp = esp;
  frame.eflags &= ~(kTrap | kDirection | kAlignmentCheck);
  x86::SanitizeUserFrame(frame);
}

Status Dispatch(Thread& thread, const Exception& exception) {
  DispatcherFrame out;
  out.context.flags = kContextI386 | kContextControl | kContextInteger | kContextSegments |
                      kContextX87 | kContextDebug | kContextExtended;
  GetContext(thread, out.context);
  // The instruction itself, not the one behind it.
  if (exception.status == Status::kBreakpoint) --out.context.eip;
  if (exception.status == Status::kSingleStep) out.context.eflags &= ~kTrap;
  FillRecord(out.record, exception, out.context.eip);
  const u32 esp = (out.context.esp & ~3u) - u32(sizeof(out));
  out.record_pointer = esp + offsetof(DispatcherFrame, record);
  out.context_pointer = esp + offsetof(DispatcherFrame, context);
  constexpr u32 kContextSize = sizeof(ThreadContext);
  out.parts = {.all_offset = -i32(kContextSize),
               .all_size = kContextSize + u32(sizeof(ContextParts)),
               .legacy_offset = -i32(kContextSize),
               .legacy_size = kContextSize,
               .extended_offset = 0,
               .extended_size = 0x19};
  out.unused[0] = out.context.ebp;
  out.unused[1] = out.context.eip;
  TRY_STATUS(CopyToUser(esp, &out, sizeof(out)));
  EnterDispatcher(thread, esp);
  return Status::kSuccess;
}

}  // namespace

void RaiseInUserMode(Thread& thread, x86::TrapFrame& frame, const Exception& exception) {
  if (thread.process()->terminating()) return;
  const bool handled =
      thread.process()->user_mode() && exception.status != Status::kStackBufferOverrun;
  if (handled && IsSuccess(Dispatch(thread, exception))) return;
  EndProcessByException(thread, VirtAddr(frame.eip), exception);
}

Status RaiseAgain(Thread& thread, u32 record, u32 context) {
  const u32 esp = thread.user_frame().user_esp - 2 * u32(sizeof(u32));
  TRY_STATUS(WriteUser(esp, record));
  TRY_STATUS(WriteUser(esp + 4, context));
  EnterDispatcher(thread, esp);
  return Status::kSuccess;
}

}  // namespace fl::kernel
