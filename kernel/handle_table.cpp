// HandleTable: see handle_table.h. The lowest free entry is used first, as programs expect of a table
// that is small.
#include "kernel/handle_table.h"

namespace fl::kernel {

Result<u32> HandleTable::Insert(RefPtr<Object> object, u32 access, u8 flags) {
  u32 index = first_free_;
  while (index < entries_.size() && entries_[index].object) ++index;
  if (index == kMaxHandles) return Status::kInsufficientResources;
  if (index == entries_.size()) TRY_STATUS(entries_.Push(Entry{}));
  object->CountHandle();
  entries_[index] = Entry{std::move(object), access, flags};
  first_free_ = index + 1;
  ++open_count_;
  return (index + 1) * 4;
}

Result<HandleTable::Found> HandleTable::Find(u32 handle) const {
  const u32 number = handle / 4;
  if (number == 0 || number > entries_.size()) return Status::kInvalidHandle;
  const Entry& entry = entries_[number - 1];
  if (!entry.object) return Status::kInvalidHandle;
  return entry;
}

Status HandleTable::SetFlags(u32 handle, u8 flags) {
  const u32 number = handle / 4;
  if (number == 0 || number > entries_.size() || !entries_[number - 1].object) {
    return Status::kInvalidHandle;
  }
  entries_[number - 1].flags = flags;
  return Status::kSuccess;
}

Status HandleTable::Close(u32 handle) {
  const u32 number = handle / 4;
  if (number == 0 || number > entries_.size() || !entries_[number - 1].object) {
    return Status::kInvalidHandle;
  }
  Entry& entry = entries_[number - 1];
  if ((entry.flags & kHandleProtectFromClose) != 0) return Status::kHandleNotClosable;
  Remove(entry, number - 1);
  return Status::kSuccess;
}

void HandleTable::Remove(Entry& entry, u32 index) {
  const RefPtr<Object> object = std::move(entry.object);
  entry = Entry{};
  if (index < first_free_) first_free_ = index;
  --open_count_;
  object->UncountHandle();
}

void HandleTable::CloseAll() {
  for (u32 i = 0; i < entries_.size(); ++i) {
    if (entries_[i].object) Remove(entries_[i], i);
  }
  entries_ = Vector<Entry>();
  first_free_ = 0;
}

}  // namespace fl::kernel
