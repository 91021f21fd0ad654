// Traps: from a vector to the kernel's handler.
// Seam: TrapHandler is declared here and implemented by the kernel, one object for the machine.
// Invariant: handlers run with interrupts disabled, on the kernel stack of the current thread (or
// on the idle loop's, for an interrupt). Vectors 3, 4 and 0x2E may be raised by user mode, all others
// trap as general protection. CR2 is read before anything else can fault.
#pragma once

#include "kernel/x86/trap_frame.h"
#include "mm/page_fault.h"

namespace fl::x86 {

class TrapHandler {
 public:
  /// `fault.stack` is left null, for the handler to fill in. Returning resumes the frame.
  virtual void OnPageFault(TrapFrame& frame, mm::PageFault& fault) = 0;
  virtual void OnSystemCall(TrapFrame& frame) = 0;
  virtual void OnInterrupt(TrapFrame& frame, u32 irq) = 0;
  /// Every other vector below 32. Does not return from kVectorDoubleFault, whose frame says where
  /// the kernel was (user_esp is its stack pointer then, though the trap is the kernel's).
  virtual void OnException(TrapFrame& frame) = 0;

 protected:
  ~TrapHandler() = default;
};

/// GDT, TSS, IDT; interrupts stay disabled. The boot page tables are in use.
void InitTraps(TrapHandler& handler);
/// From now on SYSENTER is a system call, too, with ESP in EDX; it returns to `return_address`, ECX and EDX
/// lost. Only with Features().sep.
void EnableFastCalls(VirtAddr return_address);
/// Where the next trap from user mode begins to push: the top of the current thread's stack,
/// 16-byte aligned.
void SetKernelStack(void* top);
/// The current thread's TEB: FS finds it at the next return to user mode.
void SetTeb(VirtAddr teb);

}  // namespace fl::x86
