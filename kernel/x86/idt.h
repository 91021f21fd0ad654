// IDT: a gate for each vector that the machine or a program can raise.
// Invariants: every gate disables interrupts. Vectors without a gate, and those that user mode may
//   not raise, become general-protection faults.
// Source: Intel SDM vol. 3A, 6.11 "IDT Descriptors".
#pragma once

namespace fl::x86 {

/// After InitGdt.
void InitIdt();

}  // namespace fl::x86
