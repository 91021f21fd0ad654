// CopySafely: a copy whose source or destination may fault: user memory, or a system-space view.
// The caller has checked the range (user pointers: below the top of user space); what a fault in
// between cannot resolve ends the copy with that fault's status, and the kernel goes on.
// Invariant: no other code of the kernel touches user memory: where the processor has SMAP it could not,
// and a fault there is a bugcheck on every processor.
#pragma once

#include "kernel/base/status.h"
#include "kernel/x86/trap_frame.h"

namespace fl::x86 {

/// Status of the fault that ended it, else kSuccess. Bytes before the faulting one may have been
/// copied. May sleep.
extern "C" [[nodiscard]] Status CopySafely(void* to, const void* from, u32 size);

/// The same for four bytes, at any address, in a tenth of the time.
extern "C" [[nodiscard]] Status ReadWordSafely(u32* to, const void* from);
extern "C" [[nodiscard]] Status WriteWordSafely(void* to, u32 value);

/// A write access to one byte that leaves it as it is, also if other threads write it meanwhile: the
/// status that a write would meet. May sleep.
extern "C" [[nodiscard]] Status ProbeSafely(void* address);

/// A kernel-mode frame: is it at one of the instructions above that touch memory?
bool MayFault(const TrapFrame& frame);
/// A kernel-mode fault that could not be resolved: if it happened in one of them, makes
/// the frame continue there with `status` and returns true. False: a kernel bug.
bool FixUpKernelFault(TrapFrame& frame, Status status);

}  // namespace fl::x86
