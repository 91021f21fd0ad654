// KeyObject: what a key handle names: a key of the registry, opened.
#pragma once

#include "kernel/named_objects.h"
#include "kernel/registry/key.h"

namespace fl::kernel {

class KeyObject final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kKey;

  explicit KeyObject(RefPtr<registry::Key> key) : NamedObject(kType), key_(std::move(key)) {}

  registry::Key& key() const { return *key_; }
  /// Keys have their names in the registry, not in a directory. kKeyDeleted.
  Status AppendName(Vector<char16_t>& out) const override {
    return key_->deleted() ? Status::kKeyDeleted : key_->AppendPath(out);
  }

 private:
  const RefPtr<registry::Key> key_;
};

}  // namespace fl::kernel
