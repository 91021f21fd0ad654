// DirectMap: the first gigabyte of RAM, always mapped at kDirectMapBase; implements
// mm::FrameWindow.
// Invariants: frames at or above kDirectMapFrames are not given to the frame database. Supervisor
//   only, and global where the processor has that. The first 8 MiB keep the 4 KiB tables of
//   boot/entry.asm, so that the kernel's text and read-only data are read-only and the boot stack
//   ends in a hole; above them large pages where the processor has them (PSE), else 4 KiB tables.
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

/// How many frames InitDirectMap needs for tables, to map RAM up to `end` (at most
/// kDirectMapFrames).
u32 DirectMapTables(Pfn end);
/// Maps [0, end). `tables`: the first of DirectMapTables(end) frames in a row.
void InitDirectMap(Pfn end, Pfn tables);

/// The page directory that the kernel was started with; its upper half is every directory's.
Pfn BootDirectory();
/// Frames of the kernel image that only starting up needed; after InitDirectMap they can be given
/// away.
std::span<const Pfn> UnneededBootFrames();

}  // namespace fl::x86
