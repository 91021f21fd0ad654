// Control registers: what C++ cannot say, one instruction each.
// Source: Intel SDM vol. 3A, 2.5 "Control Registers".
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

inline constexpr u32 kCr0MonitorFpu = 1u << 1;
inline constexpr u32 kCr0Emulation = 1u << 2;
inline constexpr u32 kCr0TaskSwitched = 1u << 3;
inline constexpr u32 kCr0NumericError = 1u << 5;
inline constexpr u32 kCr0WriteProtect = 1u << 16;
inline constexpr u32 kCr0AlignmentMask = 1u << 18;

inline constexpr u32 kCr4PageSizeExtensions = 1u << 4;
inline constexpr u32 kCr4PhysicalAddressExtension = 1u << 5;
inline constexpr u32 kCr4PageGlobal = 1u << 7;
inline constexpr u32 kCr4Fxsr = 1u << 9;
inline constexpr u32 kCr4SimdExceptions = 1u << 10;
inline constexpr u32 kCr4Smep = 1u << 20;
inline constexpr u32 kCr4Smap = 1u << 21;

inline constexpr u32 kMsrEfer = 0xC0000080;
inline constexpr u32 kEferNoExecute = 1u << 11;

inline u32 ReadCr0() {
  u32 value;
  asm volatile("mov %%cr0, %0" : "=r"(value));
  return value;
}
inline void WriteCr0(u32 value) { asm volatile("mov %0, %%cr0" : : "r"(value) : "memory"); }
inline u32 ReadCr2() {
  u32 value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}
inline u32 ReadCr3() {
  u32 value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  return value;
}
/// Forgets all translations that are not global.
inline void WriteCr3(u32 value) { asm volatile("mov %0, %%cr3" : : "r"(value) : "memory"); }
/// Only where CPUID exists: the i486 has no CR4.
inline u32 ReadCr4() {
  u32 value;
  asm volatile("mov %%cr4, %0" : "=r"(value));
  return value;
}
inline void WriteCr4(u32 value) { asm volatile("mov %0, %%cr4" : : "r"(value) : "memory"); }

/// Only where CPUID says that the processor has the register.
inline u64 ReadMsr(u32 msr) {
  u64 value;
  asm volatile("rdmsr" : "=A"(value) : "c"(msr));
  return value;
}
inline void WriteMsr(u32 msr, u64 value) {
  asm volatile("wrmsr" : : "c"(msr), "A"(value) : "memory");
}

/// Forgets one page's translation, global or not, and every cached directory entry (SDM vol.
/// 3A, 4.10.4.1).
inline void InvalidatePage(VirtPage page) {
  asm volatile("invlpg (%0)" : : "r"(AddressOf(page).value) : "memory");
}

}  // namespace fl::x86
