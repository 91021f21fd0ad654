// DirectMap: the first gigabyte of RAM, always mapped at kDirectMapBase; implements mm::FrameWindow.
// Invariants: frames at or above kDirectMapFrames are not given to the frame database. Large pages where
// the processor has them (PSE), else 4 KiB tables, allocated once at boot. Supervisor only, global.
#pragma once

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

}  // namespace fl::x86
