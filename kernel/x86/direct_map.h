// DirectMap: the first gigabyte of RAM, always mapped at kDirectMapBase; implements
// mm::FrameWindow.
// Invariants: frames at or above kDirectMapFrames are not given to the frame database. Supervisor
//   only, and global where the processor has that. The kernel's image lies in pages of 4 KiB: its
//   text and constants are read-only, and there is no other mapping of them; the boot stack ends in a
//   hole. The rest are large pages where the processor has them. Where pages can be made
//   no-execute, all but the text is.
#pragma once

#include <span>

#include "mm/frame_window.h"

namespace fl::x86 {

inline constexpr u32 kDirectMapBase = 0x80000000;
inline constexpr u32 kDirectMapSize = 0x40000000;
inline constexpr u32 kDirectMapFrames = kDirectMapSize / kPageSize;

/// System space proper: section views, kernel stacks, large heap blocks, device memory.
inline constexpr u32 kSystemSpaceBase = 0xC0000000;
inline constexpr u32 kSystemSpaceEnd = 0xFFC00000;

inline void* DirectMapped(PhysAddr address) {
  return reinterpret_cast<void*>(u32(address.value) + kDirectMapBase);
}
/// `pointer` lies in the direct map (the kernel image does too).
inline PhysAddr PhysicalOf(const void* pointer) {
  return PhysAddr(reinterpret_cast<u32>(pointer) - kDirectMapBase);
}

class DirectMap final : public mm::FrameWindow {
 public:
  mm::PageBytes Bytes(Pfn pfn) override {
    return mm::PageBytes(static_cast<std::byte*>(DirectMapped(AddressOf(pfn))), kPageSize);
  }
};

// ---- While the machine starts
// ---------------------------------------------------------------------------

/// One frame anywhere below 4 GiB, before it is in the direct map. The next call takes the bytes
/// away; InitDirectMap ends it.
mm::PageBytes MapBootWindow(Pfn pfn);

/// Whether the machine is to know no-execute pages; needs Features().nx, and the PAE format.
enum class NoExecute : u8 { kOff, kOn };

/// How many frames InitDirectMap needs for tables, to map RAM up to `end` (at most
/// kDirectMapFrames).
u32 DirectMapTables(Pfn end, NoExecute no_execute);
/// Maps [0, end), in the format that all page tables have from then on. `tables`: the first of
/// DirectMapTables frames in a row. CR3 stays what it was: the root of system space.
void InitDirectMap(Pfn end, Pfn tables, NoExecute no_execute);

/// Frames of the kernel image that only starting up needed; after InitDirectMap they can be given
/// away.
std::span<const Pfn> UnneededBootFrames();

}  // namespace fl::x86
