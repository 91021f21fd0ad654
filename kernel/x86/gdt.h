// GDT: flat segments for the kernel and for user mode, the TEB's, the two tasks'.
// Invariant: descriptors never go or change their kind; only the TEB's base moves. So a selector
//   that user mode could load once can be loaded again when its trap frame is restored.
// Source: Intel SDM vol. 3A, 3.4.5 "Segment Descriptors".
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

inline constexpr u16 kMainTask = 0x28;
inline constexpr u16 kDoubleFaultTask = 0x30;

/// Loads the table, all segment registers and the main task.
void InitGdt();
void SetTebBase(VirtAddr teb);

}  // namespace fl::x86
