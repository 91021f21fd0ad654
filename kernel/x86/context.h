// Contexts: leaving one kernel thread for another, entering user mode, the floating-point state.
// Invariant: a thread that is switched away from resumes where it called SwitchContext, with its
// callee-saved registers; interrupts are disabled on both sides.
#pragma once

#include <cstddef>

#include "kernel/x86/trap_frame.h"

namespace fl::x86 {

using ThreadEntry = void (*)(void* argument);

/// Makes a new kernel stack ready for its first SwitchContext: `entry(argument)` runs there and
/// must not return. Returns the stack pointer to switch to. `top` is 16-byte aligned.
u32 PrepareStack(void* top, ThreadEntry entry, void* argument);

/// Saves the current stack pointer in *save and continues on `load`.
extern "C" void SwitchContext(u32* save, u32 load);

/// Leaves for user mode with these registers, sanitized; the kernel stack starts over at its top
/// (see SetKernelStack). `frame` may lie on that stack.
[[noreturn]] void EnterUserMode(const TrapFrame& frame);
/// A frame for user mode: flat segments, FS = TEB, interrupts enabled, other registers zero.
TrapFrame UserFrame(VirtAddr eip, VirtAddr esp);

/// x87 and, where present, SSE state of a thread (FXSAVE, else FNSAVE).
struct alignas(16) FpuState {
  std::byte bytes[512];
};
/// The state of a new thread: control word 0x27F, MXCSR 0x1F80.
void InitFpuState(FpuState& state);
/// The FPU itself keeps its state.
void SaveFpu(FpuState& state);
/// What a program wrote into a state goes through SanitizeFpuState first: the processor refuses
/// reserved bits.
void RestoreFpu(const FpuState& state);
void SanitizeFpuState(FpuState& state);
/// Exceptions that the x87 unit has and does not mask, and what makes a stack fault of one: bits 0 to 6 of its
/// status word. For vector kVectorFpuError.
u32 PendingFpuErrors();

/// The x87 part of a state as FNSAVE would store it, 108 bytes, and back.
inline constexpr u32 kX87Bytes = 108;
void GetX87(const FpuState& state, std::byte* out);
void SetX87(FpuState& state, const std::byte* in);

}  // namespace fl::x86
