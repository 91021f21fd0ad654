// The control registers, to be read: for bugchecks and diagnostics. Who writes them is cpu.h and
// page_table.h.
#pragma once

#include "kernel/x86/cpu.h"

namespace fl::x86 {

struct ControlRegisters {
  u32 cr0, cr2, cr3;
  u32 cr4;  ///< 0 where the processor has none.
};

inline ControlRegisters ReadControlRegisters() {
  ControlRegisters registers = {};
  asm volatile("mov %%cr0, %0" : "=r"(registers.cr0));
  asm volatile("mov %%cr2, %0" : "=r"(registers.cr2));
  asm volatile("mov %%cr3, %0" : "=r"(registers.cr3));
  // A processor with any of these has CR4; reading it on one without is an invalid opcode.
  const CpuFeatures& features = Features();
  if (features.pse || features.tsc || features.pge || features.fxsr) {
    asm volatile("mov %%cr4, %0" : "=r"(registers.cr4));
  }
  return registers;
}

}  // namespace fl::x86
