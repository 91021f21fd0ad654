// PageTable: the two-level 32-bit page table of a process (UserPageTable) and of system space
// (SystemPageTable); implements mm::Mmu.
// Owns: the frames of its directory and tables. A user table's frame is covered by the promise that
//   mm/ took at commit; directories and system tables are charged here.
// Invariants: a table exists <=> one of its entries holds a frame (the frame record's share_count
//   counts them). Every directory's upper half equals the system's: a system table that comes or
//   goes is entered in all of them. The direct map's entries are never touched here. An entry that
//   permits nothing (guard, no access) keeps its frame with the present bit clear. Frames that are
//   mapped may lie outside of RAM (device memory).
// Source: Intel SDM vol. 3A, 4.3 "32-Bit Paging"; 4.10.4 for what has to be flushed when.
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
  bool IsActive() const;
  /// The raw entry, for diagnostics; a large page's is its directory entry.
  u32 RawEntry(VirtPage page) const;

 protected:
  /// Maps [first, end); `entry_bits` go into each entry.
  PageTable(mm::PfnDatabase& frames, Pfn directory, VirtPage first, VirtPage end, u32 entry_bits)
      : frames_(frames), directory_(directory), first_(first), end_(end), entry_bits_(entry_bits) {}
  ~PageTable() = default;

  u32* Directory() const;

  mm::PfnDatabase& frames_;
  const Pfn directory_;

 private:
  /// A zeroed frame for a table, and back.
  virtual Result<Pfn> AllocateTable() = 0;
  virtual void FreeTable(Pfn table) = 0;
  /// Enters it in every directory that shares this part of the address space.
  virtual void SetDirectoryEntry(u32 index, u32 entry) = 0;
  /// Can the processor hold translations of ours?
  virtual bool MayBeCached() const = 0;

  bool Contains(VirtPage page) const { return first_ <= page && page < end_; }
  /// Null if there is no table.
  u32* FindEntry(VirtPage page) const;
  u32 MakeEntry(Pfn pfn, mm::PteAccess access) const;
  void Flush(VirtPage page, u32 old_entry) const;

  const VirtPage first_;
  const VirtPage end_;
  const u32 entry_bits_;
};

class UserPageTable final : public PageTable, public ListNode<UserPageTable> {
 public:
  /// kNoMemory. The caller deletes it. `system` must outlive it.
  static Result<UserPageTable*> Create(SystemPageTable& system);
  /// All entries have been unmapped before; must not be active.
  ~UserPageTable();

 private:
  friend class SystemPageTable;
  UserPageTable(SystemPageTable& system, Pfn directory);
  Result<Pfn> AllocateTable() override;
  void FreeTable(Pfn table) override;
  void SetDirectoryEntry(u32 index, u32 entry) override;
  bool MayBeCached() const override;
};

class SystemPageTable final : public PageTable {
 public:
  /// `directory`: the boot directory, which stays in use when no process runs. Covers
  /// kSystemSpaceBase to kSystemSpaceEnd.
  SystemPageTable(mm::PfnDatabase& frames, Pfn directory);

 private:
  friend class UserPageTable;
  Result<Pfn> AllocateTable() override;
  void FreeTable(Pfn table) override;
  void SetDirectoryEntry(u32 index, u32 entry) override;
  bool MayBeCached() const override;

  IntrusiveList<UserPageTable> users_;
};

}  // namespace fl::x86
