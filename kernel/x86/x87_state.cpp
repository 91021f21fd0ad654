// The x87 state in its two forms: as FXSAVE stores it, and as FNSAVE does.
// Source: Intel SDM vol. 1, figure 8-9 and table 10-2; 8.1.7 for the tags.
#include <cstring>

#include "kernel/x86/context.h"
#include "kernel/x86/cpu.h"

namespace fl::x86 {
namespace {

constexpr u32 kRegisters = 8;
constexpr u32 kRegisterBytes = 10;
constexpr u16 kExponentMask = 0x7FFF;

struct X87State {
  u32 control, status, tags;
  u32 instruction_offset;
  u16 instruction_selector, opcode;
  u32 data_offset, data_selector;
  std::byte registers[kRegisters][kRegisterBytes];
};
static_assert(sizeof(X87State) == kX87Bytes);

struct FxsaveState {
  u16 control, status;
  u8 valid;  ///< A bit for each physical register that is not empty.
  u8 reserved;
  u16 opcode;
  u32 instruction_offset;
  u16 instruction_selector, reserved2;
  u32 data_offset;
  u16 data_selector, reserved3;
  u32 mxcsr, mxcsr_mask;
  std::byte registers[kRegisters][16];
};
static_assert(sizeof(FxsaveState) == 32 + 128);

enum Tag : u32 { kValid = 0, kZero = 1, kSpecial = 2, kEmpty = 3 };

Tag TagOf(const std::byte* value) {
  u64 significand;
  u16 exponent;
  std::memcpy(&significand, value, sizeof(significand));
  std::memcpy(&exponent, value + 8, sizeof(exponent));
  exponent &= kExponentMask;
  if (exponent == 0) return significand == 0 ? kZero : kSpecial;
  const bool integer_bit = significand >> 63 != 0;
  return exponent == kExponentMask || !integer_bit ? kSpecial : kValid;
}

u32 TopOf(u32 status) { return status >> 11 & 7; }

}  // namespace

void GetX87(const FpuState& state, std::byte* out) {
  if (!Features().fxsr) {
    std::memcpy(out, state.bytes, kX87Bytes);
    return;
  }
  FxsaveState from;
  std::memcpy(&from, state.bytes, sizeof(from));
  X87State to{};
  to.control = 0xFFFF0000 | from.control;
  to.status = 0xFFFF0000 | from.status;
  u32 tags = 0;
  for (u32 physical = 0; physical < kRegisters; ++physical) {
    // The registers lie in the order of the stack, the tags in that of the registers.
    const u32 place = (physical - TopOf(from.status)) % kRegisters;
    const bool valid = (from.valid >> physical & 1) != 0;
    tags |= (valid ? TagOf(from.registers[place]) : kEmpty) << 2 * physical;
  }
  to.tags = 0xFFFF0000 | tags;
  to.instruction_offset = from.instruction_offset;
  to.instruction_selector = from.instruction_selector;
  to.opcode = from.opcode;
  to.data_offset = from.data_offset;
  to.data_selector = 0xFFFF0000 | from.data_selector;
  for (u32 i = 0; i < kRegisters; ++i) {
    std::memcpy(to.registers[i], from.registers[i], kRegisterBytes);
  }
  std::memcpy(out, &to, sizeof(to));
}

void SetX87(FpuState& state, const std::byte* in) {
  if (!Features().fxsr) {
    std::memcpy(state.bytes, in, kX87Bytes);
    return;
  }
  X87State from;
  std::memcpy(&from, in, sizeof(from));
  FxsaveState to;
  std::memcpy(&to, state.bytes, sizeof(to));
  to.control = u16(from.control);
  to.status = u16(from.status);
  to.valid = 0;
  for (u32 physical = 0; physical < kRegisters; ++physical) {
    if ((from.tags >> 2 * physical & 3) != kEmpty) to.valid |= u8(1u << physical);
  }
  to.instruction_offset = from.instruction_offset;
  to.instruction_selector = from.instruction_selector;
  to.opcode = from.opcode;
  to.data_offset = from.data_offset;
  to.data_selector = u16(from.data_selector);
  for (u32 i = 0; i < kRegisters; ++i) {
    std::memset(to.registers[i], 0, sizeof(to.registers[i]));
    std::memcpy(to.registers[i], from.registers[i], kRegisterBytes);
  }
  std::memcpy(state.bytes, &to, sizeof(to));
}

}  // namespace fl::x86
