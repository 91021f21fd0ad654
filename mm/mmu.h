// Mmu: the page table of one address space, as mm/ sees it; one object for each process and one for
// system space.
// Seam: declared here; implemented by kernel/x86 and by the simulated MMU of the tests.
// Invariants: tables that hold the entries come on demand and go when their last entry goes; an entry
//   in the system's table is seen in every address space at once; translations that became less
//   permissive are flushed before the call returns.
#pragma once

#include "kernel/base/status.h"
#include "mm/protection.h"

namespace fl::mm {

/// What one entry lets the processor do. Nothing: the frame stays in the entry, and every access traps.
struct PteAccess {
  bool read : 1 = false;
  bool write : 1 = false;
  bool execute : 1 = false;
  constexpr bool operator==(const PteAccess&) const = default;
};

/// Small enough for registers.
struct Pte {
  bool resident = false;  ///< The entry holds a frame.
  PteAccess access;
  bool dirty = false;  ///< The processor wrote through this entry.
  Pfn pfn;
};
static_assert(sizeof(Pte) == 8);

class Mmu {
 public:
  /// `page` has no frame yet. Fails (kNoMemory) only if a table for the entry cannot be had.
  virtual Status Map(VirtPage page, Pfn pfn, PteAccess access) = 0;
  /// `page` has a frame; gives it another one, or other rights.
  virtual void Replace(VirtPage page, Pfn pfn, PteAccess access) = 0;
  /// Takes the frame out of the entry and returns what was there (resident == false if nothing).
  virtual Pte Unmap(VirtPage page) = 0;
  virtual Pte Query(VirtPage page) const = 0;
  /// The first page at or after `from` and before `end` that has a frame; `end` if there is none.
  /// Costs in proportion to the tables that exist, not to the pages passed over.
  virtual VirtPage NextResident(VirtPage from, VirtPage end) const = 0;
  /// How many pages the entries of one table map, a power of two from 512 on: what a table is promised for.
  virtual u32 TablePages() const = 0;

 protected:
  ~Mmu() = default;
};

}  // namespace fl::mm
