// Units as types: a virtual address, a frame number and a page index do not convert into one another.
// Invariant: guest addresses are 32 bits wide whatever the machine that compiles this (no uintptr_t here).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace fl {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

inline constexpr u32 kPageShift = 12;
inline constexpr u32 kPageSize = 1u << kPageShift;
inline constexpr u32 kPageMask = kPageSize - 1;
inline constexpr u32 kSectorSize = 512;
/// Bases of NT allocations and views are multiples of this.
inline constexpr u32 kAllocationGranularity = 0x10000;
inline constexpr u32 kPagesPerGranule = kAllocationGranularity / kPageSize;

/// A number that only mixes with its own kind; Tag keeps the kinds apart.
template <class Tag, class Word>
struct Unit {
  Word value = 0;
  constexpr Unit() = default;
  constexpr explicit Unit(Word v) : value(v) {}
  constexpr auto operator<=>(const Unit&) const = default;
  constexpr Unit operator+(Word n) const { return Unit(Word(value + n)); }
  constexpr Unit operator-(Word n) const { return Unit(Word(value - n)); }
  constexpr Word operator-(Unit other) const { return Word(value - other.value); }
  constexpr Unit& operator+=(Word n) {
    value = Word(value + n);
    return *this;
  }
  constexpr Unit& operator-=(Word n) {
    value = Word(value - n);
    return *this;
  }
  constexpr Unit& operator++() { return *this += 1; }
};

using VirtAddr = Unit<struct VirtAddrTag, u32>;    ///< A byte in a 32-bit address space.
using VirtPage = Unit<struct VirtPageTag, u32>;    ///< A VirtAddr in pages.
using PhysAddr = Unit<struct PhysAddrTag, u64>;    ///< A byte of RAM.
using Pfn = Unit<struct PfnTag, u32>;              ///< A frame: PhysAddr in pages.
using PageIndex = Unit<struct PageIndexTag, u32>;  ///< A page of a section, from its start.
using Rva = Unit<struct RvaTag, u32>;              ///< A byte of an image, from its base.
using Lba = Unit<struct LbaTag, u64>;              ///< A sector of 512 bytes of a disk.

constexpr VirtPage PageOf(VirtAddr address) { return VirtPage(address.value >> kPageShift); }
constexpr VirtAddr AddressOf(VirtPage page) { return VirtAddr(page.value << kPageShift); }
constexpr PageIndex PageOf(Rva rva) { return PageIndex(rva.value >> kPageShift); }
constexpr PhysAddr AddressOf(Pfn pfn) { return PhysAddr(u64(pfn.value) << kPageShift); }
constexpr u32 PagesFor(u64 bytes) { return u32((bytes + kPageMask) >> kPageShift); }

/// `alignment` is a power of two.
template <class Word>
constexpr Word AlignDown(Word value, Word alignment) {
  return value & ~(alignment - 1);
}
template <class Word>
constexpr Word AlignUp(Word value, Word alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace fl
