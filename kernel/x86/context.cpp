// Contexts: the stack that a new thread starts with, the frame of a first return to user mode, the
// FPU.
#include "kernel/x86/context.h"

#include <cstring>

#include "kernel/base/assert.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/tss.h"

namespace fl::x86 {

extern "C" void StartThread();
extern "C" [[noreturn]] void LeaveToUser(const TrapFrame* frame, u32 stack_top);

namespace {

/// What SwitchContext pops.
struct SwitchFrame {
  u32 edi, esi, ebx, ebp;
  u32 return_address;
};

constexpr u32 kStackAlignment = 16;

// NT's: all exceptions masked, 53 bits of precision.
constexpr u16 kControlWord = 0x027F;
constexpr u32 kMxcsr = 0x1F80;
/// What every SSE processor accepts (SDM vol. 1, 11.6.6); DAZ, bit 6, came later and programs
/// seldom ask.
constexpr u32 kMxcsrDefaultMask = 0xFFBF;

// The FXSAVE area: SDM vol. 1, table 10-2.
constexpr u32 kFxControlWord = 0;
constexpr u32 kFxMxcsr = 24;
constexpr u32 kFxMxcsrMask = 28;
// The FNSAVE area, 32-bit protected mode: SDM vol. 1, figure 8-9.
constexpr u32 kFnControlWord = 0;
constexpr u32 kFnTagWord = 8;
constexpr u32 kFnAllEmpty = 0xFFFF;

template <class Word>
void Put(FpuState& state, u32 offset, Word value) {
  std::memcpy(state.bytes + offset, &value, sizeof(value));
}
u32 Get32(const FpuState& state, u32 offset) {
  u32 value;
  std::memcpy(&value, state.bytes + offset, sizeof(value));
  return value;
}

}  // namespace

u32 PrepareStack(void* top, ThreadEntry entry, void* argument) {
  const u32 address = reinterpret_cast<u32>(top);
  KASSERT(address % kStackAlignment == 0);
  auto* frame = static_cast<SwitchFrame*>(top) - 1;
  *frame = {.edi = reinterpret_cast<u32>(entry),
            .esi = reinterpret_cast<u32>(argument),
            .ebx = 0,
            .ebp = 0,
            .return_address = reinterpret_cast<u32>(StartThread)};
  return reinterpret_cast<u32>(frame);
}

TrapFrame UserFrame(VirtAddr eip, VirtAddr esp) {
  TrapFrame frame{};
  frame.ds = frame.es = kUserData;
  frame.fs = kUserTeb;
  frame.eip = eip.value;
  frame.user_esp = esp.value;
  SanitizeUserFrame(frame);
  return frame;
}

void EnterUserMode(const TrapFrame& frame) {
  TrapFrame clean = frame;
  SanitizeUserFrame(clean);
  LeaveToUser(&clean, MainTask().esp0);
}

void InitFpuState(FpuState& state) {
  state = FpuState{};
  if (Features().fxsr) {
    // The abridged tag word of 0 says that all registers are empty.
    Put(state, kFxControlWord, kControlWord);
    Put(state, kFxMxcsr, kMxcsr);
  } else {
    Put(state, kFnControlWord, u32(kControlWord));
    Put(state, kFnTagWord, kFnAllEmpty);
  }
}

void SaveFpu(FpuState& state) {
  if (Features().fxsr) {
    asm volatile("fxsave %0" : "=m"(state));
  } else if (Features().fpu) {
    // FNSAVE leaves the FPU empty.
    asm volatile("fnsave %0; frstor %0" : "+m"(state));
  }
}

void RestoreFpu(const FpuState& state) {
  if (!Features().fpu) return;
  // An exception that the previous owner left pending would be raised here, in the kernel.
  asm volatile("fnclex");
  if (Features().fxsr) {
    asm volatile("fxrstor %0" : : "m"(state));
  } else {
    asm volatile("frstor %0" : : "m"(state));
  }
}

u32 PendingFpuErrors() {
  u16 status = 0, control = 0;
  asm volatile("fnstsw %0; fnstcw %1" : "=m"(status), "=m"(control));
  return (status & ~control & 0x3F) | (status & 0x40);
}

void SanitizeFpuState(FpuState& state) {
  if (!Features().fxsr) return;
  FpuState own;
  SaveFpu(own);
  const u32 mask = Get32(own, kFxMxcsrMask);
  Put(state, kFxMxcsr, Get32(state, kFxMxcsr) & (mask != 0 ? mask : kMxcsrDefaultMask));
}

}  // namespace fl::x86
