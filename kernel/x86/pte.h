// Page-table entries: the bits, ours among them, and the two formats as policies of one walk.
// Invariant: an entry holds a frame <=> kPteResident; what it permits is said by kPteRead,
//   kPteWrite and kPteExecute, since the processor has no bit for the first, and for the last only
//   in the PAE format. All of this lies in the lower 32 bits in either format.
// Source: Intel SDM vol. 3A, 4.3 "32-Bit Paging", 4.4 "PAE Paging".
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

inline constexpr u32 kPtePresent = 1u << 0;
inline constexpr u32 kPteWrite = 1u << 1;
inline constexpr u32 kPteUser = 1u << 2;
inline constexpr u32 kPteDirty = 1u << 6;
inline constexpr u32 kPdeLarge = 1u << 7;  ///< The entry maps a table's span; 32-bit: with CR4.PSE.
inline constexpr u32 kPteGlobal = 1u << 8;  ///< With CR4.PGE: survives a change of CR3.
// Bits 9 to 11 are ignored by the processor, and all but bit 0 in an entry that is not present.
inline constexpr u32 kPteResident = 1u << 9;
inline constexpr u32 kPteRead = 1u << 10;
inline constexpr u32 kPteExecute = 1u << 11;

constexpr u32 EntryFor(Pfn pfn, u32 bits) { return pfn.value << kPageShift | bits; }
/// No frame lies at or above 4 GiB.
constexpr Pfn FrameOf(u64 entry) { return Pfn(u32(entry) >> kPageShift); }

/// One directory of 1024 tables, a table spans 4 MiB. Each address space has a directory of its own;
/// the kernel's half of all of them is the same.
struct TwoLevelFormat {
  using Entry = u32;
  static constexpr u32 kTableShift = 10;
  static constexpr u32 kTableEntries = 1u << kTableShift;
  static constexpr u32 kDirectories = 1;
  static constexpr u32 kUserDirectories = 1;  ///< That an address space needs for itself.
  static constexpr bool kSharesKernelDirectories = false;
  static constexpr Entry kNoExecute = 0;
  static void Store(Entry& at, Entry value) { at = value; }
};

/// Four directories of 512 tables, of which user space has two; a table spans 2 MiB. The kernel's two
/// are shared by all address spaces. Used where there is a no-execute bit, and only for its sake.
struct PaeFormat {
  using Entry = u64;
  static constexpr u32 kTableShift = 9;
  static constexpr u32 kTableEntries = 1u << kTableShift;
  static constexpr u32 kDirectories = 4;
  static constexpr u32 kUserDirectories = 2;
  static constexpr bool kSharesKernelDirectories = true;
  static constexpr Entry kNoExecute = u64(1) << 63;
  /// An i486's kernel writes 64 bits in two steps; the entry is not present in between.
  static void Store(Entry& at, Entry value) {
    auto* half = reinterpret_cast<volatile u32*>(&at);
    half[0] = 0;
    half[1] = u32(value >> 32);
    half[0] = u32(value);
  }
};

}  // namespace fl::x86
