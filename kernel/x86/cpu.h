// The processor: what it can do, and the few instructions that C++ cannot say.
// Baseline: i486. Everything newer is looked up in CPUID first (Intel SDM vol. 2A, CPUID), and CPUID itself
// by toggling EFLAGS.ID.
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

struct CpuFeatures {
  bool fpu = false;
  bool pse = false;  ///< 4 MiB pages.
  bool tsc = false;
  bool pge = false;   ///< Global translations.
  bool fxsr = false;  ///< FXSAVE, and CR4.OSFXSR was set.
  bool sse = false;
  bool sep = false;  ///< SYSENTER.
};

/// Looks the features up and sets CR0 (WP, NE, MP; EM and TS clear) and CR4 (PSE, PGE, OSFXSR as far as
/// present). Once, before anything else here.
void InitCpu();
const CpuFeatures& Features();

/// The time-stamp counter; 0 where there is none.
u64 ReadCycles();

void DisableInterrupts();
/// Waits with interrupts enabled until one was handled; returns with them disabled.
void WaitForInterrupt();
/// Lets interrupts that are pending happen now; returns with them disabled.
void TakePendingInterrupts();
[[noreturn]] void Halt();

}  // namespace fl::x86
