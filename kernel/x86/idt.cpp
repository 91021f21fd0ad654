// IDT: filled from the stubs of trap_entry.asm.
#include "kernel/x86/idt.h"

#include "kernel/x86/gdt.h"
#include "kernel/x86/trap_frame.h"

namespace fl::x86 {
namespace {

/// As trap_entry.asm lists them.
struct TrapStub {
  u32 vector;
  u32 address;
};
extern "C" const TrapStub kTrapStubs[];
extern "C" const TrapStub kTrapStubsEnd[];

struct Gate {
  u16 offset_low;
  u16 selector;
  u8 reserved;
  u8 access;
  u16 offset_high;
};
static_assert(sizeof(Gate) == 8);

constexpr u8 kPresent = 0x80;
constexpr u8 kUserLevel = 0x60;
constexpr u8 kTaskGate = 0x05;
constexpr u8 kInterruptGate = 0x0E;

constexpr u32 kIrqs = 16;
constexpr u32 kGates = kVectorFirstIrq + kIrqs;

alignas(8) constinit Gate g_idt[kGates] = {};

struct [[gnu::packed]] TableRegister {
  u16 limit;
  u32 base;
};

/// INT3, INTO and the system call are instructions of programs.
constexpr bool UserMayRaise(u32 vector) {
  return vector == kVectorBreakpoint || vector == kVectorOverflow || vector == kVectorSystemCall;
}

}  // namespace

void InitIdt() {
  for (const TrapStub* stub = kTrapStubs; stub != kTrapStubsEnd; ++stub) {
    const u8 level = UserMayRaise(stub->vector) ? kUserLevel : u8(0);
    g_idt[stub->vector] = {.offset_low = u16(stub->address),
                           .selector = kKernelCode,
                           .reserved = 0,
                           .access = u8(kPresent | level | kInterruptGate),
                           .offset_high = u16(stub->address >> 16)};
  }
  g_idt[kVectorDoubleFault] = {.offset_low = 0,
                               .selector = kDoubleFaultTask,
                               .reserved = 0,
                               .access = kPresent | kTaskGate,
                               .offset_high = 0};
  const TableRegister idtr{sizeof(g_idt) - 1, reinterpret_cast<u32>(g_idt)};
  asm volatile("lidt %0" : : "m"(idtr));
}

}  // namespace fl::x86
