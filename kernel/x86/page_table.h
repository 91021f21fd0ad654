// PageTable: the page table of a process (UserPageTable) and of system space (SystemPageTable);
// implements mm::Mmu, in one of the two formats of pte.h (page_table_walk.h has the code).
// Owns: the frames of its directories and tables. A user table's frame is covered by the promise
//   that mm/ took at commit; directories and system tables are charged here.
// Invariants: a table exists <=> one of its entries holds a frame (the frame record's share_count
//   counts them). A user table's directories exist as long as it does. The kernel's half is the
//   same in every address space. The direct map's entries are never touched here. An entry that
//   permits nothing (guard, no access) keeps its frame with the present bit clear. Frames that are
//   mapped may lie outside of RAM (device memory).
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

  /// CR3.
  void Activate() const;
  bool IsActive() const;
  /// The raw entry, for diagnostics; a large page's is its directory entry.
  virtual u64 RawEntry(VirtPage page) const = 0;

 protected:
  explicit PageTable(mm::PfnDatabase& frames) : frames_(frames) {}
  ~PageTable() = default;

  mm::PfnDatabase& frames_;
  u32 root_ = 0;  ///< What CR3 holds.
};

class UserPageTable : public PageTable, public ListNode<UserPageTable> {
 public:
  /// kNoMemory. The caller deletes it. `system` must outlive it.
  static Result<UserPageTable*> Create(SystemPageTable& system);
  /// All entries have been unmapped before; must not be active.
  virtual ~UserPageTable() = default;

 protected:
  using PageTable::PageTable;
};

class SystemPageTable : public PageTable {
 public:
  /// See UserPageTable::Create.
  virtual Result<UserPageTable*> CreateUser() = 0;

 protected:
  using PageTable::PageTable;
  ~SystemPageTable() = default;
};

/// Once, after InitDirectMap: kSystemSpaceBase to kSystemSpaceEnd, in the directories that the kernel
/// runs with, which stay in use when no process runs.
SystemPageTable& CreateSystemPageTable(mm::PfnDatabase& frames);

}  // namespace fl::x86
