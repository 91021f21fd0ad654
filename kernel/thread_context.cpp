// ThreadContext: see thread_context.h.
#include "kernel/thread_context.h"

#include <cstring>

#include "kernel/kernel.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

/// What FNSAVE stores (Intel SDM vol. 1, figure 8-9), with which winnt.h's FLOATING_SAVE_AREA begins.
constexpr u32 kX87Bytes = 108;

bool IsCurrent(const Thread& thread) { return &TheKernel().scheduler.current() == &thread; }

u32 KeptParts() {
  u32 parts = kContextControl | kContextInteger | kContextSegments;
  if (x86::Features().fxsr) {
    parts |= kContextExtended;
  } else if (x86::Features().fpu) {
    parts |= kContextX87;
  }
  return parts;
}

void SetFpu(Thread& thread, const ThreadContext& context, u32 parts) {
  if ((parts & (kContextExtended | kContextX87)) == 0) return;
  if ((parts & kContextExtended) != 0) {
    std::memcpy(thread.fpu.bytes, context.extended, sizeof(context.extended));
  } else {
    std::memcpy(thread.fpu.bytes, context.x87, kX87Bytes);
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
  if ((parts & kContextInteger) != 0) {
    context.edi = frame.edi;
    context.esi = frame.esi;
    context.ebx = frame.ebx;
    context.edx = frame.edx;
    context.ecx = frame.ecx;
    context.eax = frame.eax;
  }
  if ((parts & kContextSegments) != 0) {
    context.gs = frame.gs;
    context.fs = frame.fs;
    context.es = frame.es;
    context.ds = frame.ds;
  }
  if (IsCurrent(thread)) x86::SaveFpu(thread.fpu);
  if ((parts & kContextExtended) != 0) {
    std::memcpy(context.extended, thread.fpu.bytes, sizeof(context.extended));
  }
  if ((parts & kContextX87) != 0) std::memcpy(context.x87, thread.fpu.bytes, kX87Bytes);
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
  if ((parts & kContextInteger) != 0) {
    frame.edi = context.edi;
    frame.esi = context.esi;
    frame.ebx = context.ebx;
    frame.edx = context.edx;
    frame.ecx = context.ecx;
    frame.eax = context.eax;
  }
  if ((parts & kContextSegments) != 0) {
    frame.gs = context.gs;
    frame.fs = context.fs;
    frame.es = context.es;
    frame.ds = context.ds;
  }
  x86::SanitizeUserFrame(frame);
  SetFpu(thread, context, parts);
}

}  // namespace fl::kernel
