// Memory: from the loader's map to the frame database and the system page table.
// Owns: the one PfnDatabase, DirectMap and SystemPageTable of the machine; they live as long as it
//   does.
// Invariants: frames that start-up used (kernel image, modules, frame records, tables of the direct
//   map) are kKernel and never freed. RAM above 1 GiB is not used.
#pragma once

#include "boot/boot_info.h"
#include "kernel/x86/direct_map.h"
#include "kernel/x86/page_table.h"
#include "mm/pfn_database.h"

namespace fl::kernel {

struct Memory {
  mm::PfnDatabase& frames;
  x86::DirectMap& direct_map;
  x86::SystemPageTable& system_table;
};

/// `magic` and `address` as KernelMain got them. Before InitMemory. The answer stays valid.
const boot::BootInfo& ReadBootInfo(u32 magic, u32 address);

/// Once. Asserts that there is enough RAM to start at all. Pages can be made no-execute from then on where
/// the processor can do that, and `wanted` is kOn.
Memory& InitMemory(const boot::BootInfo& info, x86::NoExecute wanted);

}  // namespace fl::kernel
