// Key: see key.h.
#include "kernel/registry/key.h"

namespace fl::registry {
namespace {

void Grow(u32& longest, std::size_t size) {
  if (size > longest) longest = u32(size);
}

/// The index of the first element that does not come before `name`.
template <class T, class NameOf>
u32 LowerBound(const Vector<T>& sorted, Name name, NameOf name_of) {
  u32 first = 0, count = sorted.size();
  while (count != 0) {
    const u32 half = count / 2;
    if (CompareNames(name_of(sorted[first + half]), name) < 0) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first;
}

}  // namespace

u32 Key::KeyIndex(Name name) const {
  return LowerBound(keys_, name, [](const RefPtr<Key>& key) { return key->name(); });
}

u32 Key::ValueIndex(Name name) const {
  return LowerBound(values_, name, [](const Value& value) { return value.Text(); });
}

Key* Key::FindKey(Name name) const {
  const u32 index = KeyIndex(name);
  if (index == keys_.size() || CompareNames(keys_[index]->name(), name) != 0) return nullptr;
  return keys_[index].get();
}

const Value* Key::FindValue(Name name) const {
  const u32 index = ValueIndex(name);
  if (index == values_.size() || CompareNames(values_[index].Text(), name) != 0) return nullptr;
  return &values_[index];
}

Key::Longest Key::FindLongest() const {
  Longest longest;
  for (const RefPtr<Key>& key : keys_) {
    Grow(longest.key_name, key->name().size());
    Grow(longest.class_name, key->class_name().size());
  }
  for (const Value& value : values_) {
    Grow(longest.value_name, value.name.size());
    Grow(longest.data, value.data.size());
  }
  return longest;
}

Status Key::AppendPath(Vector<char16_t>& out) const {
  // Backwards first: the way up is known, the way down is not.
  Vector<const Key*> way;
  for (const Key* at = this; at; at = at->parent_) TRY_STATUS(way.Push(at));
  for (u32 i = way.size(); i != 0; --i) {
    TRY_STATUS(out.Push(u'\\'));
    const Name name = way[i - 1]->name();
    for (const char16_t c : name) TRY_STATUS(out.Push(c));
  }
  return Status::kSuccess;
}

}  // namespace fl::registry
