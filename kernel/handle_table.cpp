// HandleTable: see handle_table.h. The lowest free entry is used first, as programs expect of a table
// that is small.
#include "kernel/handle_table.h"

namespace fl::kernel {

HandleTable& HandleTable::operator=(HandleTable&& other) {
  CloseAll();
  entries_ = std::move(other.entries_);
  open_count_ = std::exchange(other.open_count_, 0);
  first_free_ = std::exchange(other.first_free_, 0);
  return *this;
}

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
  Fill(index, Entry{std::move(object), access, attributes});
  first_free_ = index + 1;
  return (index + 1) * 4;
}

void HandleTable::Fill(u32 index, Entry entry) {
  entry.object->CountHandle();
  entries_[index] = std::move(entry);
  ++open_count_;
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
  // What hears of its last handle may sleep; somebody may have given us another one by then.
  while (open_count_ != 0) {
    for (u32 i = 0; i < entries_.size(); ++i) {
      if (entries_[i].object) Empty(entries_[i]);
    }
  }
  entries_ = Vector<Entry>();
  first_free_ = 0;
}

}  // namespace fl::kernel
