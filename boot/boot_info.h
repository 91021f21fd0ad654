// BootInfo: what the loader tells, as one plain struct.
// Invariants: total over any bytes: every count is bounded, nothing is followed that cannot be
//   read, and what makes no sense is left out. ram holds only whole pages that the loader calls
//   usable and that no other entry of its map claims.
// Source: Multiboot Specification 0.6.96, 3.3 "Boot information format".
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "kernel/base/units.h"

namespace fl::boot {

/// Frames [first, first + count).
struct FrameRange {
  Pfn first;
  u32 count = 0;
  constexpr Pfn end() const { return first + count; }
  constexpr bool operator==(const FrameRange&) const = default;
};

/// A list of ranges of fixed capacity, sorted, disjoint, and merged where they touch.
class FrameRanges {
 public:
  static constexpr u32 kCapacity = 64;
  /// False if there was no room: nothing has changed then.
  bool Add(FrameRange range);
  /// Takes `range` out. If a split finds no room, what lies highest is lost.
  void Remove(FrameRange range);
  std::span<const FrameRange> span() const { return {ranges_.data(), size_}; }
  bool empty() const { return size_ == 0; }

 private:
  std::array<FrameRange, kCapacity> ranges_{};
  u32 size_ = 0;
};

/// A file that the loader put into memory: bytes [start, start + size).
struct BootModule {
  PhysAddr start;
  u32 size = 0;
  /// The frames that it touches.
  constexpr FrameRange frames() const {
    const u32 first = u32(start.value >> kPageShift);
    return {Pfn(first),
            size == 0 ? 0 : u32((start.value + size + kPageMask) >> kPageShift) - first};
  }
};

struct BootInfo {
  static constexpr u32 kCommandLineSize = 4096;
  static constexpr u32 kModuleNameSize = 256;

  /// The loader was a Multiboot loader and its information could be read. Without it all else is
  /// empty.
  bool valid = false;
  FrameRanges ram;  ///< Below 4 GiB.
  bool has_module = false;
  BootModule module;  ///< The first one; no other is looked at.
  /// As the loader gives it: QEMU puts the kernel's file name first, GRUB 2 does not. Cut to fit.
  char command_line[kCommandLineSize] = {};
  char module_name[kModuleNameSize] = {};
};

/// Seam: RAM by its physical address, before there is a direct map.
class PhysicalMemory {
 public:
  /// False, and nothing is written, if any of the bytes cannot be had.
  virtual bool Read(PhysAddr address, std::span<std::byte> bytes) = 0;

 protected:
  ~PhysicalMemory() = default;
};

/// `magic` and `address` as they were in EAX and EBX. Fills `info` in place: it is too large for a
/// stack.
void ReadMultiboot(u32 magic, PhysAddr address, PhysicalMemory& memory, BootInfo& info);

}  // namespace fl::boot
