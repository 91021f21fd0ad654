// The kernel's image in the direct map: what each of its pages permits. Private to the direct map.
#pragma once

#include "kernel/x86/direct_map.h"

namespace fl::x86 {

// boot/linker.ld.
extern "C" const char kKernelStart[];
extern "C" const char kKernelEnd[];
// boot/entry.asm.
extern "C" u32 boot_directory[];

/// Text can be executed, text and constants cannot be written, the page below the boot stack is not there;
/// everything else is data.
struct DirectMapPage {
  u32 bits = 0;
  bool executable = false;
};
DirectMapPage DescribeDirectMapPage(Pfn pfn);

/// kPteGlobal where the processor has it.
u32 GlobalBit();

inline Pfn FrameAt(const void* pointer) {
  return Pfn(u32(PhysicalOf(pointer).value >> kPageShift));
}

// direct_map_pae.cpp: the same two steps in the PAE format, the second of which turns it on.
u32 PaeDirectMapTables();
void InitPaeDirectMap(Pfn end, Pfn tables);

}  // namespace fl::x86
