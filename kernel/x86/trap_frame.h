// TrapFrame: the registers of what was interrupted, as trap_entry.asm pushes them on the kernel
// stack.
// Invariant: the layout is shared with trap_entry.asm; a return to user mode restores every field,
//   and must not fault: fields that did not come from user mode itself go through
//   SanitizeUserFrame.
#pragma once

#include <cstddef>

#include "kernel/base/units.h"

namespace fl::x86 {

inline constexpr u32 kEflagsVm86 = 1u << 17;

struct TrapFrame {
  u32 gs, fs, es, ds;
  u32 edi, esi, ebp, unused_esp, ebx, edx, ecx, eax;
  u32 vector;
  u32 error_code;  ///< 0 where the processor pushes none.
  u32 eip, cs, eflags;
  // Only there when the trap came from user mode, and in the frame of a double fault.
  u32 user_esp, user_ss;

  /// Also in virtual-8086 mode, where any value of CS is a program's. No processor lets a program enter that
  /// mode; emulators have.
  bool FromUser() const { return ((cs & 3) | (eflags & kEflagsVm86)) != 0; }
  /// Of a system call: where its arguments lie on the user stack. Behind one return address, or behind
  /// two where the program came by SYSENTER.
  u32 CallArguments() const;
  /// Of what was interrupted.
  u32 StackPointer() const;
};
static_assert(sizeof(TrapFrame) == 19 * 4);
static_assert(offsetof(TrapFrame, cs) == 15 * 4);

/// For frames that somebody wrote into (NtContinue, NtSetContextThread): selectors become ones that
/// user mode can hold, and of the flags only those that a program may set are kept; interrupts are
/// enabled. All of the frame is restored, also where SYSEXIT would do for an untouched one.
void SanitizeUserFrame(TrapFrame& frame);

inline constexpr u16 kKernelCode = 0x08;
inline constexpr u16 kKernelData = 0x10;
inline constexpr u16 kUserCode = 0x1B;
inline constexpr u16 kUserData = 0x23;
inline constexpr u16 kUserTeb = 0x3B;  ///< FS: the thread's TEB, as on NT.

inline constexpr u32 kVectorDivide = 0;
inline constexpr u32 kVectorDebug = 1;
inline constexpr u32 kVectorNmi = 2;
inline constexpr u32 kVectorBreakpoint = 3;
inline constexpr u32 kVectorOverflow = 4;
inline constexpr u32 kVectorBounds = 5;
inline constexpr u32 kVectorInvalidOpcode = 6;
inline constexpr u32 kVectorNoFpu = 7;
inline constexpr u32 kVectorDoubleFault = 8;
inline constexpr u32 kVectorInvalidTss = 10;
inline constexpr u32 kVectorSegmentNotPresent = 11;
inline constexpr u32 kVectorStackSegment = 12;
inline constexpr u32 kVectorGeneralProtection = 13;
inline constexpr u32 kVectorPageFault = 14;
inline constexpr u32 kVectorFpuError = 16;
inline constexpr u32 kVectorAlignment = 17;
inline constexpr u32 kVectorMachineCheck = 18;
inline constexpr u32 kVectorSimdError = 19;
inline constexpr u32 kVectorSystemCall = 0x2E;
inline constexpr u32 kVectorFastCall =
    0x2F;  ///< In the frame of a SYSENTER; no vector of the processor's.
inline constexpr u32 kVectorFirstIrq =
    0x40;  ///< IRQ n arrives as vector kVectorFirstIrq + n, n < 16.

inline u32 TrapFrame::CallArguments() const {
  return user_esp + (vector == kVectorFastCall ? 8 : 4);
}

/// For a trap from kernel mode the processor pushes no stack pointer: the stack continues behind the frame.
inline u32 TrapFrame::StackPointer() const {
  const bool stored = FromUser() || vector == kVectorDoubleFault;
  return stored ? user_esp : reinterpret_cast<std::uintptr_t>(&user_esp);
}

}  // namespace fl::x86
