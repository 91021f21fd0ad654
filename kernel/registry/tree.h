// Tree: the registry: all keys, below one root, and how much of them there may be.
// Lives:       in memory only; see text.h for what it begins with.
// Invariants:  an operation that fails has changed nothing. bytes() is what keys, values and their data take,
//              and never more than the limit: one program cannot take all memory by way of the registry.
// Limits:      Microsoft Learn, "Registry Element Size Limits".
// Semantics:   NtCreateKey and its kin (Microsoft Learn, ZwCreateKey...). Every change of a key notes its time,
//              in NT's units.
#pragma once

#include "kernel/base/result.h"
#include "kernel/registry/key.h"

namespace fl::registry {

inline constexpr u32 kLongestKeyName = 255;
inline constexpr u32 kLongestValueName = 16383;
inline constexpr u32 kDeepest = 512;

class Tree {
 public:
  /// `limit`: for bytes().
  explicit Tree(u32 limit) : limit_(limit) {}
  ~Tree();
  /// kNoMemory.
  Status Init();

  Key& root() { return *root_; }
  u32 bytes() const { return bytes_; }
  u32 limit() const { return limit_; }
  /// Since Init or MarkUnchanged: has anything been made, deleted or written?
  bool changed() const { return changed_; }
  void MarkUnchanged() { changed_ = false; }
  /// Deletes all but the root. Who holds a key holds a deleted one.
  void Clear();

  /// Names in `path` are separated by backslashes; "" is `start` itself. kObjectNameNotFound: a key on the
  /// way is missing; kKeyDeleted.
  Result<RefPtr<Key>> Open(Key& start, Name path);

  struct Created {
    RefPtr<Key> key;
    bool is_new = false;
  };
  /// Opens, or creates the last one of the names. kObjectNameNotFound: one before it is missing;
  /// kInvalidParameter: a name is too long, or the tree too deep; kAccessDenied right below the root;
  /// kChildMustBeVolatile, kKeyDeleted, kNoMemory, kRegistryQuotaLimit.
  Result<Created> Create(Key& start, Name path, Name class_name, Lasting lasting, u64 now);
  /// The same for each of the names, also right below the root.
  Result<RefPtr<Key>> CreateAll(Key& start, Name path, u64 now);

  /// kCannotDelete: there are keys below it, or it is the root or just below; kKeyDeleted.
  Status Delete(Key& key, u64 now);
  /// kObjectNameCollision, kInvalidParameter, kAccessDenied for the root and just below; kKeyDeleted...
  Status Rename(Key& key, Name name, u64 now);

  /// kInvalidParameter: the name is too long; kKeyDeleted, kNoMemory, kRegistryQuotaLimit.
  Status SetValue(Key& key, Name name, u32 type, Vector<u8> data, u64 now);
  /// kObjectNameNotFound, kKeyDeleted.
  Status DeleteValue(Key& key, Name name, u64 now);
  /// kKeyDeleted.
  Status SetWriteTime(Key& key, u64 time);

 private:
  // What one costs beside its text and data.
  static constexpr u32 kKeyBytes = 128;
  static constexpr u32 kValueBytes = 64;

  Result<RefPtr<Key>> CreateOne(Key& parent, Name name, Name class_name, Lasting lasting, u64 now);
  void Detach(Key& key);
  /// Is there room for `size` bytes more?
  Status CheckRoom(u64 size) const {
    return size <= limit_ - bytes_ ? Status::kSuccess : Status::kRegistryQuotaLimit;
  }

  const u32 limit_;
  u32 bytes_ = 0;
  bool changed_ = false;
  RefPtr<Key> root_;
};

}  // namespace fl::registry
