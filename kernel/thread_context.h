// ThreadContext: CONTEXT, the registers of a thread as programs see and set them.
// Layout:      winnt.h's CONTEXT for x86, 0x2CC bytes: flags; debug registers; x87 state; segments; integer
//              and control registers; FXSAVE area.
// Invariants:  whatever a program puts in is sanitized before the processor gets it. Of the parts that were
//              asked for, those that the processor does not have (the FXSAVE area) are left out, and the flags
//              that come back say so. Debug registers are not kept for threads: they read as zero.
// Source:      Microsoft Learn, "CONTEXT structure"; offsets as in winnt.h.
#pragma once

#include "kernel/thread.h"

namespace fl::kernel {

inline constexpr u32 kContextI386 = 0x00010000;
inline constexpr u32 kContextControl = 0x1;
inline constexpr u32 kContextInteger = 0x2;
inline constexpr u32 kContextSegments = 0x4;
inline constexpr u32 kContextX87 = 0x8;
inline constexpr u32 kContextDebug = 0x10;
inline constexpr u32 kContextExtended = 0x20;

struct ThreadContext {
  u32 flags;
  u32 debug[6];
  u8 x87[112];
  u32 gs, fs, es, ds;
  u32 edi, esi, ebx, edx, ecx, eax;
  u32 ebp, eip, cs, eflags, esp, ss;
  u8 extended[512];
};
static_assert(sizeof(ThreadContext) == 0x2CC);

/// Fills in what `context.flags` ask for. The thread's registers are those with which it goes back to user
/// mode; if it is not suspended they may be others by then.
void GetContext(Thread& thread, ThreadContext& context);
void SetContext(Thread& thread, const ThreadContext& context);

}  // namespace fl::kernel
