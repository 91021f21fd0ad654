// GDT: built once, in the order of the selectors in trap_frame.h.
#include "kernel/x86/gdt.h"

#include "kernel/x86/trap_frame.h"
#include "kernel/x86/tss.h"

namespace fl::x86 {
namespace {

struct SegmentDescriptor {
  u16 limit_low;
  u16 base_low;
  u8 base_middle;
  u8 access;
  u8 limit_high_and_flags;
  u8 base_high;
};
static_assert(sizeof(SegmentDescriptor) == 8);

// The access byte.
constexpr u8 kPresent = 0x80;
constexpr u8 kUserLevel = 0x60;
constexpr u8 kCodeOrData = 0x10;
constexpr u8 kCode = kCodeOrData | 0x0A;  ///< Readable.
constexpr u8 kData = kCodeOrData | 0x02;  ///< Writable.
/// Set here, so that the processor need not write it: the table may then be read-only one day.
constexpr u8 kAccessed = 0x01;
constexpr u8 kTaskAvailable = 0x09;

// The flags, in the high half of their byte.
constexpr u8 kPageGranular = 0x80;
constexpr u8 kIs32Bit = 0x40;

constexpr u32 kFlatLimit = 0xFFFFF;

constexpr SegmentDescriptor Describe(u32 base, u32 limit, u8 access, u8 flags) {
  return {.limit_low = u16(limit),
          .base_low = u16(base),
          .base_middle = u8(base >> 16),
          .access = u8(access | kPresent),
          .limit_high_and_flags = u8((limit >> 16 & 0xF) | flags),
          .base_high = u8(base >> 24)};
}

constexpr SegmentDescriptor Flat(u8 access) {
  return Describe(0, kFlatLimit, access | kAccessed, kPageGranular | kIs32Bit);
}

/// NT's limit: the TEB's page.
constexpr SegmentDescriptor Teb(u32 base) {
  return Describe(base, kPageMask, kData | kUserLevel | kAccessed, kIs32Bit);
}

constexpr u32 IndexOf(u16 selector) { return selector >> 3; }
constexpr u32 kDescriptors = IndexOf(kUserTeb) + 1;

alignas(8) constinit SegmentDescriptor g_gdt[kDescriptors] = {};

struct [[gnu::packed]] TableRegister {
  u16 limit;
  u32 base;
};

SegmentDescriptor Task(const TaskState& task) {
  return Describe(reinterpret_cast<u32>(&task), sizeof(TaskState) - 1, kTaskAvailable, 0);
}

}  // namespace

void InitGdt() {
  g_gdt[IndexOf(kKernelCode)] = Flat(kCode);
  g_gdt[IndexOf(kKernelData)] = Flat(kData);
  g_gdt[IndexOf(kUserCode)] = Flat(kCode | kUserLevel);
  g_gdt[IndexOf(kUserData)] = Flat(kData | kUserLevel);
  g_gdt[IndexOf(kMainTask)] = Task(MainTask());
  g_gdt[IndexOf(kDoubleFaultTask)] = Task(DoubleFaultTask());
  g_gdt[IndexOf(kUserTeb)] = Teb(0);

  const TableRegister gdtr{sizeof(g_gdt) - 1, reinterpret_cast<u32>(g_gdt)};
  asm volatile(
      "lgdt %0\n\t"
      "ljmp %1, $1f\n"
      "1:\n\t"
      "mov %2, %%ds\n\t"
      "mov %2, %%es\n\t"
      "mov %2, %%fs\n\t"
      "mov %2, %%gs\n\t"
      "mov %2, %%ss"
      :
      : "m"(gdtr), "i"(kKernelCode), "r"(u32(kKernelData))
      : "memory");
  asm volatile("lldt %w0" : : "r"(0));
  asm volatile("ltr %w0" : : "r"(u32(kMainTask)));
}

void SetTebBase(VirtAddr teb) { g_gdt[IndexOf(kUserTeb)] = Teb(teb.value); }

}  // namespace fl::x86
