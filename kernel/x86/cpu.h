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
  bool sep = false;   ///< SYSENTER.
  bool nx = false;    ///< Pages that cannot be executed, in the PAE format, which it has too.
  bool smep = false;  ///< The kernel cannot execute user pages.
  bool rdrand = false;
  bool smap = false;  ///< The kernel cannot touch user pages but where user_access.inc lets it.
  // For programs to know, no matter to the kernel.
  bool cx8 = false, mmx = false, pae = false, sse2 = false;
  bool sse3 = false, ssse3 = false, sse41 = false, sse42 = false;
  u8 family = 4, model = 0, stepping = 0;
};

/// Looks the features up and sets CR0 (WP, NE, MP; EM and TS clear) and CR4 (PSE, PGE, OSFXSR, SMEP, SMAP
/// as far as present). Once, before anything else here: the kernel's text is still writable, and is made
/// to fit the processor.
void InitCpu();
const CpuFeatures& Features();

/// From here on the processor knows the no-execute bit (EFER.NXE); needs Features().nx.
void TurnOnNoExecute();
bool NoExecuteIsOn();

/// The time-stamp counter; 0 where there is none.
u64 ReadCycles();
/// A random number of the processor's own; false if it has none, now or at all.
bool ReadRandom(u32& number);

void DisableInterrupts();
/// Waits with interrupts enabled until one was handled; returns with them disabled.
void WaitForInterrupt();
/// Lets interrupts that are pending happen now; returns with them disabled.
void TakePendingInterrupts();
[[noreturn]] void Halt();

}  // namespace fl::x86
