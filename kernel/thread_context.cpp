// ThreadContext: see thread_context.h.
#include "kernel/thread_context.h"

#include <cstring>

#include "kernel/kernel.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

bool IsCurrent(const Thread& thread) { return &TheKernel().scheduler.current() == &thread; }

/// The registers that TrapFrame and CONTEXT name alike, in either direction.
template <class From, class To>
void CopyInteger(const From& from, To& to) {
  to.edi = from.edi;
  to.esi = from.esi;
  to.ebx = from.ebx;
  to.edx = from.edx;
  to.ecx = from.ecx;
  to.eax = from.eax;
}
template <class From, class To>
void CopySegments(const From& from, To& to) {
  to.gs = from.gs;
  to.fs = from.fs;
  to.es = from.es;
  to.ds = from.ds;
}

u32 KeptParts() {
  u32 parts = kContextControl | kContextInteger | kContextSegments | kContextDebug;
  if (x86::Features().fpu) parts |= kContextX87;
  if (x86::Features().fxsr) parts |= kContextExtended;
  return parts;
}

void SetFpu(Thread& thread, const ThreadContext& context, u32 parts) {
  if ((parts & (kContextExtended | kContextX87)) == 0) return;
  if ((parts & kContextExtended) != 0) {
    std::memcpy(thread.fpu.bytes, context.extended, sizeof(context.extended));
  } else {
    x86::SetX87(thread.fpu, reinterpret_cast<const std::byte*>(context.x87));
  }
  x86::SanitizeFpuState(thread.fpu);
  if (IsCurrent(thread)) x86::RestoreFpu(thread.fpu);
}

}  // namespace

void GetContext(Thread& thread, ThreadContext& context) {
  const x86::TrapFrame& frame = thread.user_frame();
  const u32 parts = context.flags & KeptParts();
  context.flags = kContextI386 | parts;
  if ((parts & kContextControl) != 0) {
    context.ebp = frame.ebp;
    context.eip = frame.eip;
    context.cs = frame.cs;
    context.eflags = frame.eflags;
    context.esp = frame.user_esp;
    context.ss = frame.user_ss;
  }
  if ((parts & kContextInteger) != 0) CopyInteger(frame, context);
  if ((parts & kContextSegments) != 0) CopySegments(frame, context);
  if ((parts & kContextDebug) != 0) std::memset(context.debug, 0, sizeof(context.debug));
  if (IsCurrent(thread)) x86::SaveFpu(thread.fpu);
  if ((parts & kContextExtended) != 0) {
    std::memcpy(context.extended, thread.fpu.bytes, sizeof(context.extended));
  }
  if ((parts & kContextX87) != 0) {
    // Behind what the processor stores there is Cr0NpxState, which nobody reads.
    std::memset(context.x87, 0, sizeof(context.x87));
    x86::GetX87(thread.fpu, reinterpret_cast<std::byte*>(context.x87));
  }
}

void SetContext(Thread& thread, const ThreadContext& context) {
  x86::TrapFrame& frame = thread.user_frame();
  const u32 parts = context.flags & KeptParts();
  if ((parts & kContextControl) != 0) {
    frame.ebp = context.ebp;
    frame.eip = context.eip;
    frame.eflags = context.eflags;
    frame.user_esp = context.esp;
  }
  if ((parts & kContextInteger) != 0) CopyInteger(context, frame);
  if ((parts & kContextSegments) != 0) CopySegments(context, frame);
  x86::SanitizeUserFrame(frame);
  SetFpu(thread, context, parts);
}

}  // namespace fl::kernel
