// NamedObjects: see named_objects.h.
#include "kernel/named_objects.h"

#include <algorithm>

#include "fs/unicode.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

// A UNICODE_STRING holds no more; in UTF-8 each of its characters has at most three bytes.
constexpr u32 kLongestName = 0x7FFF * 3;

u32 TakeFolded(std::string_view& text) {
  if (const std::optional<u32> taken = fs::TakeUtf8(text)) return fs::UpperCase(*taken);
  const u32 byte = u8(text.front());
  text.remove_prefix(1);
  return byte;
}

u32 FoldedHash(std::string_view name) {
  u32 hash = 0x811C9DC5;  // FNV-1a.
  while (!name.empty()) hash = (hash ^ TakeFolded(name)) * 0x01000193;
  return hash;
}

bool EqualFolded(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (TakeFolded(a) != TakeFolded(b)) return false;
  }
  return a.empty() && b.empty();
}

}  // namespace

void NamedObject::LeaveDirectory() {
  if (!directory_) return;
  ListNode<NamedObject>::Unlink();
  directory_ = nullptr;
}

Status NamedObject::AppendName(Vector<char16_t>& out) const {
  Vector<char> backwards;
  for (const NamedObject* at = this; at->directory_; at = at->directory_.get()) {
    if (backwards.size() + at->name_.size() >= kLongestName) return Status::kNameTooLong;
    for (u32 i = at->name_.size(); i != 0; --i) TRY_STATUS(backwards.Push(at->name_[i - 1]));
    TRY_STATUS(backwards.Push('\\'));
  }
  std::reverse(backwards.begin(), backwards.end());
  return AppendUtf16({backwards.data(), backwards.size()}, out);
}

RefPtr<NamedObject> ObjectDirectory::Find(std::string_view name, NameCase name_case) {
  const u32 hash = FoldedHash(name);
  for (NamedObject& object : objects_) {
    if (object.name_hash_ != hash) continue;
    if (name_case == NameCase::kExact ? object.name() == name : EqualFolded(object.name(), name)) {
      return RefPtr<NamedObject>(&object);
    }
  }
  return nullptr;
}

void ObjectDirectory::Add(NamedObject& object) {
  object.name_hash_ = FoldedHash(object.name());
  object.directory_ = RefPtr<ObjectDirectory>(this);
  objects_.PushBack(object);
}

void ObjectDirectory::AddPermanent(RefPtr<NamedObject> object) {
  object->permanent_ = true;
  Add(*object);
  (void)object.Release();  // The directory's now.
}

void ObjectDirectory::RemovePermanent() {
  for (NamedObject& object : objects_) {
    if (!object.permanent_) continue;
    const RefPtr<NamedObject> kept = RefPtr<NamedObject>::Adopt(&object);
    if (object.type() == kType) static_cast<ObjectDirectory&>(object).RemovePermanent();
    object.permanent_ = false;
    object.LeaveDirectory();
  }
}

}  // namespace fl::kernel
