// PageTable: the two-level 32-bit page table of a process (UserPageTable) and of system space
// (SystemPageTable); implements mm::Mmu.
// Owns:        the frames of its directory and tables. A user table's frame is covered by the promise that
//              mm/ took at commit; directories and system tables are charged here.
// Invariants:  a table exists <=> one of its entries holds a frame (the frame record's share_count counts
//              them). Every directory's upper half equals the system's: a system table that comes or goes
//              is entered in all of them. The direct map's entries are never touched here.
//              An entry that permits nothing (guard, no access) keeps its frame with the present bit clear.
// Source:      Intel SDM vol. 3A, 4.3 "32-Bit Paging".
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/base/result.h"
#include "mm/mmu.h"
#include "mm/pfn_database.h"

namespace fl::x86 {

class SystemPageTable;

class PageTable : public mm::Mmu {
 public:
  PageTable(const PageTable&) = delete;
  PageTable& operator=(const PageTable&) = delete;

  Status Map(VirtPage page, Pfn pfn, mm::PteAccess access) override;
  void Replace(VirtPage page, Pfn pfn, mm::PteAccess access) override;
  mm::Pte Unmap(VirtPage page) override;
  mm::Pte Query(VirtPage page) const override;
  VirtPage NextResident(VirtPage from, VirtPage end) const override;

  Pfn directory() const { return directory_; }
  /// CR3.
  void Activate() const;
  /// The raw entry, for diagnostics.
  u32 RawEntry(VirtPage page) const;

 protected:
  explicit PageTable(mm::PfnDatabase& frames) : frames_(frames) {}
  ~PageTable() = default;

  mm::PfnDatabase& frames_;
  Pfn directory_;
};

class UserPageTable final : public PageTable, public ListNode<UserPageTable> {
 public:
  /// kNoMemory. `system` must outlive it.
  static Result<UserPageTable*> Create(SystemPageTable& system);
  /// All entries have been unmapped before; must not be active.
  ~UserPageTable();
};

class SystemPageTable final : public PageTable {
 public:
  /// `directory`: the boot directory, which stays in use when no process runs.
  SystemPageTable(mm::PfnDatabase& frames, Pfn directory);
};

}  // namespace fl::x86
