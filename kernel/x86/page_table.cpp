// PageTable: entries, and the tables that come and go with them. All tables lie in the direct map.
#include "kernel/x86/page_table.h"

#include <cstring>
#include <new>

#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/direct_map.h"
#include "kernel/x86/pte.h"

namespace fl::x86 {
namespace {

constexpr VirtPage kUserEnd = PageOf(VirtAddr(kDirectMapBase));
constexpr u32 kFirstKernelEntry = kDirectMapBase / kTableSpan;

constexpr u32 DirectoryIndex(VirtPage page) { return page.value >> kTableShift; }
constexpr u32 TableIndex(VirtPage page) { return page.value % kTableEntries; }

u32* Entries(Pfn table) { return static_cast<u32*>(DirectMapped(AddressOf(table))); }

}  // namespace

u32* PageTable::Directory() const { return Entries(directory_); }

u32* PageTable::FindEntry(VirtPage page) const {
  const u32 table = Directory()[DirectoryIndex(page)];
  return (table & kPtePresent) != 0 ? &Entries(FrameOf(table))[TableIndex(page)] : nullptr;
}

u32 PageTable::MakeEntry(Pfn pfn, mm::PteAccess access) const {
  u32 bits = entry_bits_ | kPteResident;
  if (access.read || access.write || access.execute) bits |= kPtePresent;
  if (access.read) bits |= kPteRead;
  if (access.write) bits |= kPteWrite;
  if (access.execute) bits |= kPteExecute;
  return EntryFor(pfn, bits);
}

/// An entry that was not present is in no cache (SDM vol. 3A, 4.10.2.3).
void PageTable::Flush(VirtPage page, u32 old_entry) const {
  if ((old_entry & kPtePresent) != 0 && MayBeCached()) InvalidatePage(page);
}

Status PageTable::Map(VirtPage page, Pfn pfn, mm::PteAccess access) {
  KASSERT(Contains(page));
  const u32 index = DirectoryIndex(page);
  if ((Directory()[index] & kPtePresent) == 0) {
    const Pfn table = TRY(AllocateTable());
    // What the directory permits is what the entries permit.
    SetDirectoryEntry(index, EntryFor(table, kPtePresent | kPteWrite | (entry_bits_ & kPteUser)));
  }
  u32& entry = *FindEntry(page);
  KASSERT((entry & kPteResident) == 0);
  entry = MakeEntry(pfn, access);
  ++frames_.frame(FrameOf(Directory()[index])).share_count;
  return Status::kSuccess;
}

void PageTable::Replace(VirtPage page, Pfn pfn, mm::PteAccess access) {
  KASSERT(Contains(page));
  u32* entry = FindEntry(page);
  KASSERT(entry && (*entry & kPteResident) != 0);
  const u32 old = *entry;
  // The frame stays dirty whatever is permitted from now on.
  const u32 dirty = FrameOf(old) == pfn ? old & kPteDirty : 0;
  *entry = MakeEntry(pfn, access) | dirty;
  Flush(page, old);
}

mm::Pte PageTable::Unmap(VirtPage page) {
  KASSERT(Contains(page));
  const mm::Pte pte = Query(page);
  if (!pte.resident) return pte;
  u32& entry = *FindEntry(page);
  const u32 old = entry;
  entry = 0;
  const u32 index = DirectoryIndex(page);
  const Pfn table = FrameOf(Directory()[index]);
  const bool last = --frames_.frame(table).share_count == 0;
  if (last) SetDirectoryEntry(index, 0);
  // A table that goes is flushed too, even if its last entry was not present.
  Flush(page, last ? kPtePresent : old);
  if (last) FreeTable(table);
  return pte;
}

mm::Pte PageTable::Query(VirtPage page) const {
  const u32* entry = Contains(page) ? FindEntry(page) : nullptr;
  if (!entry || (*entry & kPteResident) == 0) return {};
  return {.resident = true,
          .pfn = FrameOf(*entry),
          .access = {.read = (*entry & kPteRead) != 0,
                     .write = (*entry & kPteWrite) != 0,
                     .execute = (*entry & kPteExecute) != 0},
          .dirty = (*entry & kPteDirty) != 0};
}

VirtPage PageTable::NextResident(VirtPage from, VirtPage end) const {
  KASSERT(end <= end_);
  for (VirtPage page = from; page < end;) {
    const VirtPage next_table((DirectoryIndex(page) + 1) * kTablePages);
    const VirtPage stop = next_table < end ? next_table : end;
    if (const u32* entry = FindEntry(page)) {
      for (; page < stop; ++page, ++entry) {
        if ((*entry & kPteResident) != 0) return page;
      }
    }
    page = stop;
  }
  return end;
}

void PageTable::Activate() const { WriteCr3(EntryFor(directory_, 0)); }
bool PageTable::IsActive() const { return FrameOf(ReadCr3()) == directory_; }

u32 PageTable::RawEntry(VirtPage page) const {
  const u32 table = Directory()[DirectoryIndex(page)];
  if ((table & kPdeLarge) != 0) return table;
  const u32* entry = FindEntry(page);
  return entry ? *entry : 0;
}

// ---- User
// -----------------------------------------------------------------------------------------------

UserPageTable::UserPageTable(SystemPageTable& system, Pfn directory)
    : PageTable(system.frames_, directory, VirtPage(0), kUserEnd, kPteUser) {
  u32* entries = Directory();
  std::memset(entries, 0, kFirstKernelEntry * sizeof(u32));
  std::memcpy(entries + kFirstKernelEntry, system.Directory() + kFirstKernelEntry,
              (kTableEntries - kFirstKernelEntry) * sizeof(u32));
  system.users_.PushBack(*this);
}

Result<UserPageTable*> UserPageTable::Create(SystemPageTable& system) {
  const Pfn directory = TRY(system.frames_.AllocateCharged(mm::FrameUse::kPageTable));
  void* memory = ::operator new(sizeof(UserPageTable), std::nothrow);
  if (!memory) {
    system.frames_.FreeCharged(directory);
    return Status::kNoMemory;
  }
  return new (memory) UserPageTable(system, directory);
}

UserPageTable::~UserPageTable() {
  KASSERT(!IsActive());
  for (u32 i = 0; i < kFirstKernelEntry; ++i) KASSERT(Directory()[i] == 0);
  Unlink();
  frames_.FreeCharged(directory_);
}

Result<Pfn> UserPageTable::AllocateTable() {
  return frames_.AllocateZeroed(mm::FrameUse::kPageTable);
}
void UserPageTable::FreeTable(Pfn table) { frames_.Free(table); }
void UserPageTable::SetDirectoryEntry(u32 index, u32 entry) { Directory()[index] = entry; }
bool UserPageTable::MayBeCached() const { return IsActive(); }

// ---- System
// ---------------------------------------------------------------------------------------------

SystemPageTable::SystemPageTable(mm::PfnDatabase& frames, Pfn directory)
    : PageTable(frames, directory, PageOf(VirtAddr(kSystemSpaceBase)),
                PageOf(VirtAddr(kSystemSpaceEnd)), Features().pge ? kPteGlobal : 0) {}

Result<Pfn> SystemPageTable::AllocateTable() {
  const Pfn table = TRY(frames_.AllocateCharged(mm::FrameUse::kPageTable));
  std::memset(frames_.Bytes(table).data(), 0, kPageSize);
  return table;
}
void SystemPageTable::FreeTable(Pfn table) { frames_.FreeCharged(table); }
void SystemPageTable::SetDirectoryEntry(u32 index, u32 entry) {
  Directory()[index] = entry;
  for (UserPageTable& user : users_) user.Directory()[index] = entry;
}
bool SystemPageTable::MayBeCached() const { return true; }

}  // namespace fl::x86
