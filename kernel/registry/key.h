// Key: one key of the registry: a name, keys below it, values.
// Owns:        the keys below it; a reference from a handle keeps a key that was deleted, without its contents.
// Invariants:  keys and values are in the order of their names, no two alike. deleted() <=> not in the tree,
//              and then it has neither keys nor values. Changed by Tree alone, which counts the bytes.
#pragma once

#include <span>

#include "kernel/base/ref_ptr.h"
#include "kernel/base/vector.h"
#include "kernel/registry/name.h"

namespace fl::registry {

struct Value {
  Vector<char16_t> name;  ///< Empty: the default value.
  u32 type = 0;           ///< REG_*; the registry asks nothing of it.
  Vector<u8> data;

  Name Text() const { return {name.data(), name.size()}; }
};

enum class Lasting : u8 { kStable, kVolatile };

class Key : public RefCounted<Key> {
 public:
  ~Key() = default;

  Name name() const { return {name_.data(), name_.size()}; }
  Name class_name() const { return {class_.data(), class_.size()}; }
  u64 write_time() const { return write_time_; }
  Lasting lasting() const { return lasting_; }
  bool deleted() const { return deleted_; }
  /// Null for the root, and what was deleted.
  Key* parent() const { return parent_; }
  u32 depth() const { return depth_; }

  u32 key_count() const { return keys_.size(); }
  const Key& key(u32 index) const { return *keys_[index]; }
  Key* FindKey(Name name) const;

  u32 value_count() const { return values_.size(); }
  const Value& value(u32 index) const { return values_[index]; }
  const Value* FindValue(Name name) const;

  /// The longest of what lies below it, in characters and bytes.
  struct Longest {
    u32 key_name = 0, class_name = 0;  ///< Characters.
    u32 value_name = 0;                ///< Characters.
    u32 data = 0;                      ///< Bytes.
  };
  Longest FindLongest() const;

  /// Appends the path from the root, which is "\REGISTRY". kNoMemory.
  Status AppendPath(Vector<char16_t>& out) const;

 private:
  friend class Tree;
  Key() = default;

  /// The index of the first that does not come before `name`.
  u32 KeyIndex(Name name) const;
  u32 ValueIndex(Name name) const;

  Vector<char16_t> name_, class_;
  Vector<RefPtr<Key>> keys_;
  Vector<Value> values_;
  Key* parent_ = nullptr;
  u64 write_time_ = 0;
  u32 depth_ = 0;
  Lasting lasting_ = Lasting::kStable;
  bool deleted_ = false;
};

}  // namespace fl::registry
