// FakeMmu: a page table as a map from page to entry, for tests of mm/.
// Invariants: refuses (aborts on) what a real table would spoil silently: an entry mapped twice, a
//   replaced entry that is not there. Tables come with the first entry of a table's span and go with
//   the last, out of the frame database if there is one, so that the accounting of tables is tested
//   too.
#pragma once

#include <map>

#include "mm/mmu.h"
#include "mm/pfn_database.h"

namespace fl::test {

class FakeMmu final : public mm::Mmu {
 public:
  /// Who pays for the tables: an address space's promise, or each table itself.
  enum class Tables { kFree, kPromised, kCharged };

  explicit FakeMmu(mm::PfnDatabase* frames = nullptr, Tables tables = Tables::kFree,
                   u32 table_pages = 1024)
      : frames_(frames), tables_(tables), table_pages_(table_pages) {}
  ~FakeMmu();
  FakeMmu(const FakeMmu&) = delete;
  FakeMmu& operator=(const FakeMmu&) = delete;

  Status Map(VirtPage page, Pfn pfn, mm::PteAccess access) override;
  void Replace(VirtPage page, Pfn pfn, mm::PteAccess access) override;
  mm::Pte Unmap(VirtPage page) override;
  mm::Pte Query(VirtPage page) const override;
  VirtPage NextResident(VirtPage from, VirtPage end) const override;
  u32 TablePages() const override { return table_pages_; }

  /// The n-th table from now on cannot be had; 0: all can.
  void FailTable(u32 n) { tables_until_failure_ = n; }
  std::size_t entries() const { return entries_.size(); }
  std::size_t table_count() const { return spans_.size(); }
  const std::map<u32, mm::Pte>& all() const { return entries_; }

 private:
  struct Span {
    u32 entries = 0;
    Pfn table;
  };

  mm::PfnDatabase* frames_;
  Tables tables_;
  u32 table_pages_;
  std::map<u32, mm::Pte> entries_;
  std::map<u32, Span> spans_;
  u32 tables_until_failure_ = 0;
};

}  // namespace fl::test
