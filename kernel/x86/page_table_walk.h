// The walk: mm::Mmu over the entries of a format. Private to page_table.cpp.
// Format: pte.h. Base: UserPageTable or SystemPageTable. Self: the final class, which gives AllocateTable,
//   FreeTable, SetDirectoryEntry and MayBeCached; so that nothing here is a virtual call.
// Invariant: all tables lie in the direct map.
// Source: Intel SDM vol. 3A, 4.10.4 for what has to be flushed when.
#pragma once

#include "kernel/x86/control_registers.h"
#include "kernel/x86/direct_map.h"
#include "kernel/x86/page_table.h"
#include "kernel/x86/pte.h"

namespace fl::x86 {

template <class Format, class Base, class Self>
class Walk : public Base {
 public:
  using Entry = typename Format::Entry;

  Status Map(VirtPage page, Pfn pfn, mm::PteAccess access) final;
  void Replace(VirtPage page, Pfn pfn, mm::PteAccess access) final;
  mm::Pte Unmap(VirtPage page) final;
  mm::Pte Query(VirtPage page) const final;
  VirtPage NextResident(VirtPage from, VirtPage end) const final;
  u32 TablePages() const final { return Format::kTableEntries; }
  u64 RawEntry(VirtPage page) const final;

 protected:
  /// Maps [first, end); `entry_bits` go into each entry.
  Walk(mm::PfnDatabase& frames, VirtPage first, VirtPage end, u32 entry_bits)
      : Base(frames), first_(first), end_(end), entry_bits_(entry_bits) {}
  ~Walk() = default;

  static Entry* EntriesOf(Pfn table) { return static_cast<Entry*>(DirectMapped(AddressOf(table))); }
  Entry& DirectoryEntry(u32 index) const {
    if constexpr (Format::kDirectories == 1) return directories_[0][index];
    return directories_[index >> Format::kTableShift][index % Format::kTableEntries];
  }
  Entry* directories_[Format::kDirectories] = {};

 private:
  static constexpr u32 DirectoryIndex(VirtPage page) { return page.value >> Format::kTableShift; }
  static constexpr u32 TableIndex(VirtPage page) { return page.value % Format::kTableEntries; }

  Self& self() { return static_cast<Self&>(*this); }
  bool Contains(VirtPage page) const { return first_ <= page && page < end_; }
  /// Null if there is no table.
  Entry* FindEntry(VirtPage page) const {
    const Entry table = DirectoryEntry(DirectoryIndex(page));
    return (table & kPtePresent) != 0 ? &EntriesOf(FrameOf(table))[TableIndex(page)] : nullptr;
  }
  Entry MakeEntry(Pfn pfn, mm::PteAccess access) const {
    u32 bits = entry_bits_ | kPteResident;
    if (access.read || access.write || access.execute) bits |= kPtePresent;
    if (access.read) bits |= kPteRead;
    if (access.write) bits |= kPteWrite;
    if (access.execute) bits |= kPteExecute;
    return EntryFor(pfn, bits) | (access.execute ? Entry(0) : Format::kNoExecute);
  }
  /// An entry that was not present is in no cache (SDM vol. 3A, 4.10.2.3).
  void Flush(VirtPage page, Entry old_entry) {
    if ((old_entry & kPtePresent) != 0 && self().MayBeCached()) InvalidatePage(page);
  }

  const VirtPage first_;
  const VirtPage end_;
  const u32 entry_bits_;
};

template <class Format, class Base, class Self>
Status Walk<Format, Base, Self>::Map(VirtPage page, Pfn pfn, mm::PteAccess access) {
  KASSERT(Contains(page));
  const u32 index = DirectoryIndex(page);
  if ((DirectoryEntry(index) & kPtePresent) == 0) {
    const Pfn table = TRY(self().AllocateTable());
    // What the directory permits is what the entries permit.
    self().SetDirectoryEntry(index,
                             EntryFor(table, kPtePresent | kPteWrite | (entry_bits_ & kPteUser)));
  }
  Entry& entry = *FindEntry(page);
  KASSERT((entry & kPteResident) == 0);
  Format::Store(entry, MakeEntry(pfn, access));
  ++this->frames_.frame(FrameOf(DirectoryEntry(index))).share_count;
  return Status::kSuccess;
}

template <class Format, class Base, class Self>
void Walk<Format, Base, Self>::Replace(VirtPage page, Pfn pfn, mm::PteAccess access) {
  KASSERT(Contains(page));
  Entry* entry = FindEntry(page);
  KASSERT(entry && (*entry & kPteResident) != 0);
  const Entry old = *entry;
  // The frame stays dirty whatever is permitted from now on.
  const u32 dirty = FrameOf(old) == pfn ? u32(old) & kPteDirty : 0;
  Format::Store(*entry, MakeEntry(pfn, access) | dirty);
  Flush(page, old);
}

template <class Format, class Base, class Self>
mm::Pte Walk<Format, Base, Self>::Unmap(VirtPage page) {
  KASSERT(Contains(page));
  const mm::Pte pte = Query(page);
  if (!pte.resident) return pte;
  Entry& entry = *FindEntry(page);
  const Entry old = entry;
  Format::Store(entry, 0);
  const u32 index = DirectoryIndex(page);
  const Pfn table = FrameOf(DirectoryEntry(index));
  const bool last = --this->frames_.frame(table).share_count == 0;
  if (last) self().SetDirectoryEntry(index, 0);
  // A table that goes is flushed too, even if its last entry was not present.
  Flush(page, last ? Entry(kPtePresent) : old);
  if (last) self().FreeTable(table);
  return pte;
}

template <class Format, class Base, class Self>
mm::Pte Walk<Format, Base, Self>::Query(VirtPage page) const {
  const Entry* entry = Contains(page) ? FindEntry(page) : nullptr;
  const u32 bits = entry ? u32(*entry) : 0;
  if ((bits & kPteResident) == 0) return {};
  return {.resident = true,
          .access = {.read = (bits & kPteRead) != 0,
                     .write = (bits & kPteWrite) != 0,
                     .execute = (bits & kPteExecute) != 0},
          .dirty = (bits & kPteDirty) != 0,
          .pfn = FrameOf(bits)};
}

template <class Format, class Base, class Self>
VirtPage Walk<Format, Base, Self>::NextResident(VirtPage from, VirtPage end) const {
  KASSERT(end <= end_);
  for (VirtPage page = from; page < end;) {
    const VirtPage next_table((DirectoryIndex(page) + 1) << Format::kTableShift);
    const VirtPage stop = next_table < end ? next_table : end;
    if (const Entry* entry = FindEntry(page)) {
      for (; page < stop; ++page, ++entry) {
        if ((*entry & kPteResident) != 0) return page;
      }
    }
    page = stop;
  }
  return end;
}

template <class Format, class Base, class Self>
u64 Walk<Format, Base, Self>::RawEntry(VirtPage page) const {
  if (!directories_[DirectoryIndex(page) >> Format::kTableShift]) return 0;
  const Entry table = DirectoryEntry(DirectoryIndex(page));
  if ((table & kPdeLarge) != 0) return table;
  const Entry* entry = FindEntry(page);
  return entry ? *entry : 0;
}

}  // namespace fl::x86
