// FakeMmu: see fake_mmu.h.
#include "tests/fakes/fake_mmu.h"

namespace fl::test {

FakeMmu::~FakeMmu() { KASSERT(entries_.empty() && spans_.empty()); }

Status FakeMmu::Map(VirtPage page, Pfn pfn, mm::PteAccess access) {
  KASSERT(!entries_.contains(page.value));
  const u32 number = page.value / table_pages_;
  auto span = spans_.find(number);
  if (span == spans_.end()) {
    if (tables_until_failure_ != 0 && --tables_until_failure_ == 0) return Status::kNoMemory;
    Span fresh;
    if (tables_ == Tables::kPromised) {
      fresh.table = TRY(frames_->Allocate(mm::FrameUse::kPageTable));
    } else if (tables_ == Tables::kCharged) {
      fresh.table = TRY(frames_->AllocateCharged(mm::FrameUse::kPageTable));
    }
    span = spans_.emplace(number, fresh).first;
  }
  ++span->second.entries;
  entries_[page.value] = {.resident = true, .access = access, .dirty = false, .pfn = pfn};
  return Status::kSuccess;
}

void FakeMmu::Replace(VirtPage page, Pfn pfn, mm::PteAccess access) {
  const auto entry = entries_.find(page.value);
  KASSERT(entry != entries_.end());
  entry->second.pfn = pfn;
  entry->second.access = access;
}

mm::Pte FakeMmu::Unmap(VirtPage page) {
  const auto entry = entries_.find(page.value);
  if (entry == entries_.end()) return {};
  const mm::Pte old = entry->second;
  entries_.erase(entry);
  const auto span = spans_.find(page.value / table_pages_);
  if (--span->second.entries == 0) {
    if (tables_ == Tables::kPromised) frames_->Free(span->second.table);
    if (tables_ == Tables::kCharged) frames_->FreeCharged(span->second.table);
    spans_.erase(span);
  }
  return old;
}

mm::Pte FakeMmu::Query(VirtPage page) const {
  const auto entry = entries_.find(page.value);
  return entry == entries_.end() ? mm::Pte{} : entry->second;
}

VirtPage FakeMmu::NextResident(VirtPage from, VirtPage end) const {
  const auto entry = entries_.lower_bound(from.value);
  return entry == entries_.end() || entry->first >= end.value ? end : VirtPage(entry->first);
}

}  // namespace fl::test
