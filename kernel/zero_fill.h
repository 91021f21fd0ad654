// ZeroFill: a program that clears memory which nobody has touched has nothing to do: the pages are zeros already,
// as soon as somebody looks. Its REP STOS is stepped over them, and no page is made.
// Why:         Wine's ntdll clears 960 KiB of each new thread's stack so: 240 faults become one, and the pages
//              are made when they are used.
// Invariants:  only bytes that are zero, and would be zero if read, are stepped over: committed, private, writable
//              and without an entry; the program's registers are what the instruction itself would have left at
//              that point (SDM vol. 2B, REP).
#pragma once

#include "kernel/process.h"
#include "kernel/x86/trap_frame.h"
#include "mm/page_fault.h"

namespace fl::kernel {

/// Could it be one? Asked at every fault, so it only looks at what is at hand.
inline bool MayBeZeroFill(const x86::TrapFrame& frame, const mm::PageFault& fault) {
  return frame.edi == fault.address.value && fault.access == mm::Access::kWrite && frame.ecx >= 2 &&
         frame.FromUser();
}

/// The number of bytes that were stepped over: 0 if it is none. The fault is dealt with otherwise. May sleep,
/// and changes nothing after a sleep without a new look.
u32 StepOverZeroFill(Process& process, x86::TrapFrame& frame);

}  // namespace fl::kernel
