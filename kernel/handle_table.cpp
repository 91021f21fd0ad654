// HandleTable: see handle_table.h. The lowest free entry is used first, as programs expect of a table
// that is small.
#include "kernel/handle_table.h"

namespace fl::kernel {

const HandleTable::Entry* HandleTable::Look(u32 handle) const {
  const u32 number = handle / 4;
  if (number == 0 || number > entries_.size()) return nullptr;
  const Entry& entry = entries_[number - 1];
  return entry.object ? &entry : nullptr;
}

Result<u32> HandleTable::Insert(RefPtr<Object> object, u32 access, u8 attributes) {
  u32 index = first_free_;
  while (index < entries_.size() && entries_[index].object) ++index;
  if (index == kMaxHandles) return Status::kInsufficientResources;
  if (index == entries_.size()) TRY_STATUS(entries_.Push(Entry{}));
  object->CountHandle();
  entries_[index] = Entry{std::move(object), access, attributes};
  first_free_ = index + 1;
  ++open_count_;
  return (index + 1) * 4;
}

Result<HandleTable::Found> HandleTable::Find(u32 handle) const {
  const Entry* const entry = Look(handle);
  if (!entry) return Status::kInvalidHandle;
  return Found{entry->object, entry->access, entry->attributes};
}

Status HandleTable::SetAttributes(u32 handle, u8 attributes) {
  Entry* const entry = Look(handle);
  if (!entry) return Status::kInvalidHandle;
  entry->attributes = attributes;
  return Status::kSuccess;
}

Status HandleTable::Close(u32 handle) {
  Entry* const entry = Look(handle);
  if (!entry) return Status::kInvalidHandle;
  if ((entry->attributes & kHandleProtectFromClose) != 0) return Status::kHandleNotClosable;
  Empty(*entry);
  return Status::kSuccess;
}

void HandleTable::Empty(Entry& entry) {
  const RefPtr<Object> object = std::move(entry.object);
  entry = Entry{};
  const u32 index = u32(&entry - entries_.data());
  if (index < first_free_) first_free_ = index;
  --open_count_;
  object->UncountHandle();
}

void HandleTable::CloseAll() {
  for (Entry& entry : entries_) {
    if (entry.object) Empty(entry);
  }
  entries_ = Vector<Entry>();
  first_free_ = 0;
}

}  // namespace fl::kernel
