// Page-table entries: the bits of a 32-bit entry, ours among them.
// Invariant: an entry holds a frame <=> kPteResident; what it permits is said by kPteRead,
//   kPteWrite and kPteExecute, since the processor has no bit for the first and the last.
// Source: Intel SDM vol. 3A, 4.3, tables 4-4 to 4-6.
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

inline constexpr u32 kPtePresent = 1u << 0;
inline constexpr u32 kPteWrite = 1u << 1;
inline constexpr u32 kPteUser = 1u << 2;
inline constexpr u32 kPteDirty = 1u << 6;
inline constexpr u32 kPdeLarge = 1u << 7;   ///< With CR4.PSE: the entry maps 4 MiB.
inline constexpr u32 kPteGlobal = 1u << 8;  ///< With CR4.PGE: survives a change of CR3.
// Bits 9 to 11 are ignored by the processor, and all but bit 0 in an entry that is not present.
inline constexpr u32 kPteResident = 1u << 9;
inline constexpr u32 kPteRead = 1u << 10;
inline constexpr u32 kPteExecute = 1u << 11;
inline constexpr u32 kPteFrame = ~kPageMask;

inline constexpr u32 kTableEntries = 1024;
inline constexpr u32 kTableShift = 10;
inline constexpr u32 kTablePages = kTableEntries;
inline constexpr u32 kTableSpan = kTableEntries * kPageSize;

constexpr u32 EntryFor(Pfn pfn, u32 bits) { return pfn.value << kPageShift | bits; }
constexpr Pfn FrameOf(u32 entry) { return Pfn(entry >> kPageShift); }

}  // namespace fl::x86
