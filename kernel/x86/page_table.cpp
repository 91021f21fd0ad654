// PageTable: where the tables and directories of each kind and format come from, and who else must know of
// them.
#include "kernel/x86/page_table.h"

#include <cstring>
#include <new>

#include "kernel/x86/cpu.h"
#include "kernel/x86/page_table_walk.h"

namespace fl::x86 {
namespace {

constexpr VirtPage kUserEnd = PageOf(VirtAddr(kDirectMapBase));
constexpr VirtPage kSystemFirst = PageOf(VirtAddr(kSystemSpaceBase));
constexpr VirtPage kSystemEnd = PageOf(VirtAddr(kSystemSpaceEnd));

template <class Format>
class UserTable;

// ---- System -------------------------------------------------------------------------------------

template <class Format>
class SystemTable final : public Walk<Format, SystemPageTable, SystemTable<Format>> {
 public:
  using Entry = typename Format::Entry;

  explicit SystemTable(mm::PfnDatabase& frames)
      : Walk<Format, SystemPageTable, SystemTable>(frames, kSystemFirst, kSystemEnd,
                                                   Features().pge ? kPteGlobal : 0) {
    this->root_ = ReadCr3();
    void* root = DirectMapped(PhysAddr(this->root_));
    if constexpr (Format::kSharesKernelDirectories) {
      const auto* directories = static_cast<const Entry*>(root);
      for (u32 i = Format::kUserDirectories; i < Format::kDirectories; ++i) {
        this->directories_[i] = this->EntriesOf(FrameOf(directories[i]));
      }
    } else {
      this->directories_[0] = static_cast<Entry*>(root);
    }
  }

  Result<Pfn> AllocateTable() {
    const Pfn table = TRY(this->frames_.AllocateCharged(mm::FrameUse::kPageTable));
    std::memset(this->frames_.Bytes(table).data(), 0, kPageSize);
    return table;
  }
  void FreeTable(Pfn table) { this->frames_.FreeCharged(table); }
  void SetDirectoryEntry(u32 index, Entry entry);
  static bool MayBeCached() { return true; }
  Result<UserPageTable*> CreateUser() override;

 private:
  friend class UserTable<Format>;
  IntrusiveList<UserPageTable> users_;
};

// ---- User ---------------------------------------------------------------------------------------

/// What CR3 points to, where that is not the one directory itself: the processor wants it aligned. It lies in
/// the object, and the object on the heap, where small blocks are in the direct map.
template <class Format>
class Root {};

template <>
class Root<PaeFormat> {
 protected:
  PaeFormat::Entry* entries() {
    constexpr u32 kAlignment = 32;
    const u32 address = AlignUp(reinterpret_cast<u32>(room_), kAlignment);
    return reinterpret_cast<PaeFormat::Entry*>(address);
  }

 private:
  PaeFormat::Entry room_[PaeFormat::kDirectories + 3] = {};
};

template <class Format>
class UserTable final : public Walk<Format, UserPageTable, UserTable<Format>>,
                        private Root<Format> {
 public:
  using Entry = typename Format::Entry;
  using Directories = Pfn[Format::kUserDirectories];

  UserTable(SystemTable<Format>& system, const Directories& frames);
  ~UserTable() override;

  Result<Pfn> AllocateTable() { return this->frames_.AllocateZeroed(mm::FrameUse::kPageTable); }
  void FreeTable(Pfn table) { this->frames_.Free(table); }
  void SetDirectoryEntry(u32 index, Entry entry) {
    Format::Store(this->DirectoryEntry(index), entry);
  }
  bool MayBeCached() const { return this->IsActive(); }

 private:
  friend class SystemTable<Format>;
  static constexpr u32 kUserEntries = kUserEnd.value >> Format::kTableShift;

  Directories frames_of_directories_;
};

template <class Format>
UserTable<Format>::UserTable(SystemTable<Format>& system, const Directories& frames)
    : Walk<Format, UserPageTable, UserTable>(system.frames_, VirtPage(0), kUserEnd, kPteUser) {
  for (u32 i = 0; i < Format::kUserDirectories; ++i) {
    frames_of_directories_[i] = frames[i];
    this->directories_[i] = this->EntriesOf(frames[i]);
  }
  for (u32 i = 0; i < kUserEntries; ++i) SetDirectoryEntry(i, 0);
  if constexpr (Format::kSharesKernelDirectories) {
    Entry* const root = this->entries();
    KASSERT(reinterpret_cast<u32>(root) - kDirectMapBase < kDirectMapSize);
    for (u32 i = Format::kUserDirectories; i < Format::kDirectories; ++i) {
      this->directories_[i] = system.directories_[i];
    }
    for (u32 i = 0; i < Format::kDirectories; ++i) {
      root[i] = PhysicalOf(this->directories_[i]).value | kPtePresent;
    }
    this->root_ = u32(PhysicalOf(root).value);
  } else {
    std::memcpy(this->directories_[0] + kUserEntries, system.directories_[0] + kUserEntries,
                (Format::kTableEntries - kUserEntries) * sizeof(Entry));
    this->root_ = EntryFor(frames[0], 0);
  }
  system.users_.PushBack(*this);
}

template <class Format>
UserTable<Format>::~UserTable() {
  KASSERT(!this->IsActive());
  for (u32 i = 0; i < kUserEntries; ++i) KASSERT(this->DirectoryEntry(i) == 0);
  this->Unlink();
  for (const Pfn pfn : frames_of_directories_) this->frames_.FreeCharged(pfn);
}

template <class Format>
void SystemTable<Format>::SetDirectoryEntry(u32 index, Entry entry) {
  Format::Store(this->DirectoryEntry(index), entry);
  if constexpr (!Format::kSharesKernelDirectories) {
    for (UserPageTable& user : users_) {
      static_cast<UserTable<Format>&>(user).SetDirectoryEntry(index, entry);
    }
  }
}

template <class Format>
Result<UserPageTable*> SystemTable<Format>::CreateUser() {
  typename UserTable<Format>::Directories frames;
  u32 count = 0;
  const auto give_up = [&](Status status) {
    while (count != 0) this->frames_.FreeCharged(frames[--count]);
    return status;
  };
  for (; count < Format::kUserDirectories; ++count) {
    const Result<Pfn> pfn = this->frames_.AllocateCharged(mm::FrameUse::kPageTable);
    if (!pfn) return give_up(pfn.error());
    frames[count] = *pfn;
  }
  void* memory = ::operator new(sizeof(UserTable<Format>), std::nothrow);
  if (!memory) return give_up(Status::kNoMemory);
  return new (memory) UserTable<Format>(*this, frames);
}

template <class T>
SystemPageTable& ConstructOnce(mm::PfnDatabase& frames) {
  alignas(T) static std::byte storage[sizeof(T)];
  return *new (storage) T(frames);
}

}  // namespace

void PageTable::Activate() const { WriteCr3(root_); }
bool PageTable::IsActive() const { return ReadCr3() == root_; }

Result<UserPageTable*> UserPageTable::Create(SystemPageTable& system) {
  return system.CreateUser();
}

SystemPageTable& CreateSystemPageTable(mm::PfnDatabase& frames) {
  return NoExecuteIsOn() ? ConstructOnce<SystemTable<PaeFormat>>(frames)
                         : ConstructOnce<SystemTable<TwoLevelFormat>>(frames);
}

}  // namespace fl::x86
