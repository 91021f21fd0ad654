// Tree: see tree.h.
#include "kernel/registry/tree.h"

namespace fl::registry {
namespace {

constexpr Name kRootName = u"REGISTRY";

/// `value` at `index`; those from there on move down. kNoMemory, and nothing has changed.
template <class T>
Status InsertAt(Vector<T>& vector, u32 index, T value) {
  TRY_STATUS(vector.Push(std::move(value)));
  for (u32 i = vector.size() - 1; i > index; --i) std::swap(vector[i], vector[i - 1]);
  return Status::kSuccess;
}

u32 TextBytes(Name text) { return u32(text.size() * 2); }

bool IsTop(const Key& key) { return !key.parent() || !key.parent()->parent(); }

}  // namespace

Tree::~Tree() = default;

Status Tree::Init() {
  root_ = AdoptRef(new (std::nothrow) Key);
  return root_ ? root_->name_.Append(kRootName) : Status::kNoMemory;
}

Result<RefPtr<Key>> Tree::Open(Key& start, Name path) {
  if (start.deleted()) return Status::kKeyDeleted;
  Key* at = &start;
  for (Name name = TakeComponent(path); !name.empty(); name = TakeComponent(path)) {
    at = at->FindKey(name);
    if (!at) return Status::kObjectNameNotFound;
  }
  return RefPtr<Key>(at);
}

Result<Tree::Created> Tree::Create(Key& start, Name path, Name class_name, Lasting lasting,
                                   u64 now) {
  if (start.deleted()) return Status::kKeyDeleted;
  Key* at = &start;
  for (Name name = TakeComponent(path); !name.empty(); name = TakeComponent(path)) {
    Key* const below = at->FindKey(name);
    if (!below && !path.empty()) return Status::kObjectNameNotFound;
    if (!below && !at->parent()) return Status::kAccessDenied;
    if (!below) return Created{TRY(CreateOne(*at, name, class_name, lasting, now)), true};
    at = below;
  }
  return Created{RefPtr<Key>(at), false};
}

Result<RefPtr<Key>> Tree::CreateAll(Key& start, Name path, u64 now) {
  RefPtr<Key> at(&start);
  for (Name name = TakeComponent(path); !name.empty(); name = TakeComponent(path)) {
    Key* const below = at->FindKey(name);
    at = below ? RefPtr<Key>(below) : TRY(CreateOne(*at, name, {}, Lasting::kStable, now));
  }
  return at;
}

Result<RefPtr<Key>> Tree::CreateOne(Key& parent, Name name, Name class_name, Lasting lasting,
                                    u64 now) {
  if (name.size() > kLongestKeyName || parent.depth_ == kDeepest) return Status::kInvalidParameter;
  if (parent.lasting_ == Lasting::kVolatile && lasting == Lasting::kStable) {
    return Status::kChildMustBeVolatile;
  }
  const u32 size = kKeyBytes + TextBytes(name) + TextBytes(class_name);
  TRY_STATUS(CheckRoom(size));
  const RefPtr<Key> key = AdoptRef(new (std::nothrow) Key);
  if (!key) return Status::kNoMemory;
  TRY_STATUS(key->name_.Append(name));
  TRY_STATUS(key->class_.Append(class_name));
  key->write_time_ = now;
  key->lasting_ = lasting;
  key->depth_ = parent.depth_ + 1;
  TRY_STATUS(InsertAt(parent.keys_, parent.KeyIndex(name), key));
  key->parent_ = &parent;
  changed_ = true;
  parent.write_time_ = now;
  bytes_ += size;
  return key;
}

Status Tree::Delete(Key& key, u64 now) {
  if (key.deleted()) return Status::kKeyDeleted;
  if (IsTop(key) || key.key_count() != 0) return Status::kCannotDelete;
  key.parent_->write_time_ = now;
  Detach(key);
  return Status::kSuccess;
}

void Tree::Clear() {
  // Not by what their destructors would do: they would nest as deep as the tree is.
  for (Key* key = root_.get(); root_->key_count() != 0;) {
    if (key->key_count() != 0) {
      key = key->keys_[key->key_count() - 1].get();
    } else {
      Key* const parent = key->parent_;
      Detach(*key);
      key = parent;
    }
  }
}

/// Takes it, which has no keys, out of the tree.
void Tree::Detach(Key& key) {
  changed_ = true;
  const RefPtr<Key> kept(&key);
  Key& parent = *key.parent_;
  parent.keys_.Remove(parent.KeyIndex(key.name()));
  for (const Value& value : key.values_) {
    bytes_ -= kValueBytes + TextBytes(value.Text()) + value.data.size();
  }
  bytes_ -= kKeyBytes + TextBytes(key.name()) + TextBytes(key.class_name());
  key.values_ = Vector<Value>();
  key.parent_ = nullptr;
  key.deleted_ = true;
}

Status Tree::Rename(Key& key, Name name, u64 now) {
  if (key.deleted()) return Status::kKeyDeleted;
  if (IsTop(key)) return Status::kAccessDenied;
  if (name.empty() || name.size() > kLongestKeyName || name.find(u'\\') != name.npos) {
    return Status::kInvalidParameter;
  }
  Key& parent = *key.parent_;
  const Key* const other = parent.FindKey(name);
  if (other && other != &key) return Status::kObjectNameCollision;
  if (TextBytes(name) > TextBytes(key.name())) {
    TRY_STATUS(CheckRoom(TextBytes(name) - TextBytes(key.name())));
  }
  Vector<char16_t> text;
  TRY_STATUS(text.Append(name));
  bytes_ = bytes_ - TextBytes(key.name()) + TextBytes(name);
  // One goes and one comes: no memory is needed.
  const RefPtr<Key> kept(&key);
  parent.keys_.Remove(parent.KeyIndex(key.name()));
  key.name_ = std::move(text);
  const Status inserted = InsertAt(parent.keys_, parent.KeyIndex(name), kept);
  KASSERT(IsSuccess(inserted));
  key.write_time_ = parent.write_time_ = now;
  changed_ = true;
  return Status::kSuccess;
}

Status Tree::SetValue(Key& key, Name name, u32 type, Vector<u8> data, u64 now) {
  if (key.deleted()) return Status::kKeyDeleted;
  if (name.size() > kLongestValueName) return Status::kInvalidParameter;
  const u32 index = key.ValueIndex(name);
  const bool exists =
      index < key.value_count() && CompareNames(key.values_[index].Text(), name) == 0;
  const u32 before = exists ? key.values_[index].data.size() : 0;
  const u64 after = u64(data.size()) + (exists ? 0 : kValueBytes + TextBytes(name));
  if (after > before) TRY_STATUS(CheckRoom(after - before));
  const u32 size = data.size();
  if (exists) {
    key.values_[index].type = type;
    key.values_[index].data = std::move(data);
    bytes_ = bytes_ - before + size;
  } else {
    Value value;
    value.type = type;
    value.data = std::move(data);
    TRY_STATUS(value.name.Append(name));
    TRY_STATUS(InsertAt(key.values_, index, std::move(value)));
    bytes_ += kValueBytes + TextBytes(name) + size;
  }
  key.write_time_ = now;
  changed_ = true;
  return Status::kSuccess;
}

Status Tree::DeleteValue(Key& key, Name name, u64 now) {
  if (key.deleted()) return Status::kKeyDeleted;
  const u32 index = key.ValueIndex(name);
  if (index == key.value_count() || CompareNames(key.values_[index].Text(), name) != 0) {
    return Status::kObjectNameNotFound;
  }
  const Value& value = key.values_[index];
  bytes_ -= kValueBytes + TextBytes(value.Text()) + value.data.size();
  key.values_.Remove(index);
  key.write_time_ = now;
  changed_ = true;
  return Status::kSuccess;
}

Status Tree::SetWriteTime(Key& key, u64 time) {
  if (key.deleted()) return Status::kKeyDeleted;
  key.write_time_ = time;
  changed_ = true;
  return Status::kSuccess;
}

}  // namespace fl::registry
