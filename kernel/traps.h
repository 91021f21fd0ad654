// Traps: what the kernel does when the processor comes to it: page faults, system calls, interrupts,
// exceptions; and on the way back to user mode, what waited for that moment.
// Invariants:  what cannot be resolved for user mode ends a program, never the kernel; what cannot be
//              resolved for the kernel itself is a bugcheck, but in the few functions of x86/user_copy.h.
#pragma once

#include "drivers/ata_controller.h"
#include "drivers/pic.h"
#include "drivers/pit.h"
#include "kernel/x86/trap.h"

namespace fl::kernel {

class Scheduler;

class Traps final : public x86::TrapHandler {
 public:
  Traps(drivers::Pic& pic, drivers::Pit& pit) : pic_(pic), pit_(pit) {}
  void SetDisks(drivers::AtaController& disks) { disks_ = &disks; }

  void OnPageFault(x86::TrapFrame& frame, mm::PageFault& fault) override;
  void OnSystemCall(x86::TrapFrame& frame) override;
  void OnInterrupt(x86::TrapFrame& frame, u32 irq) override;
  void OnException(x86::TrapFrame& frame) override;

 private:
  void BeforeUserMode(x86::TrapFrame& frame);
  static void LeaveKernel(Scheduler& scheduler);

  drivers::Pic& pic_;
  drivers::Pit& pit_;
  drivers::AtaController* disks_ = nullptr;
};

}  // namespace fl::kernel
