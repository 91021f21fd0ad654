// NamedObject, ObjectDirectory, SymbolicLink: objects that may have a name, and the two that names are made of.
// Owns:        a named object keeps its directory; a directory keeps only what is permanent, which is what the
//              kernel itself put there.
// Lives:       the name of anything else goes with the last handle to it.
// Invariants:  in the list of its directory <=> it has a name. Names are UTF-8, without a backslash; all types
//              share a directory's names.
// Semantics:   names differ by case too, unless OBJ_CASE_INSENSITIVE is asked for (CreateMutex, Microsoft
//              Learn: "The name comparison is case sensitive").
#pragma once

#include <string_view>

#include "kernel/base/vector.h"
#include "kernel/object.h"

namespace fl::kernel {

class ObjectDirectory;

class NamedObject : public Object, public ListNode<NamedObject> {
 public:
  ~NamedObject() override { KASSERT(!ListNode<NamedObject>::linked()); }
  std::string_view name() const { return {name_.data(), name_.size()}; }
  /// The one that has it; null for what has no name.
  ObjectDirectory* directory() const { return directory_.get(); }
  bool permanent() const override { return permanent_; }
  /// From the root down, as far as all directories have names. kNameTooLong.
  Status AppendName(Vector<char16_t>& out) const override;
  /// kNoMemory. Then ObjectDirectory::Add.
  Status SetName(std::string_view name) { return name_.Append(name); }

 protected:
  explicit NamedObject(ObjectType type) : Object(type) {}
  void OnLastHandleClosed() override {
    if (!permanent_) LeaveDirectory();
  }

 private:
  friend class ObjectDirectory;
  /// Takes the name off.
  void LeaveDirectory();

  RefPtr<ObjectDirectory> directory_;
  Vector<char> name_;
  u32 name_hash_ = 0;  ///< Case aside.
  bool permanent_ = false;
};

enum class NameCase : u8 { kExact, kIgnore };

class ObjectDirectory final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kDirectory;

  ObjectDirectory() : NamedObject(kType) {}

  /// Null if there is none.
  RefPtr<NamedObject> Find(std::string_view name, NameCase name_case);
  /// The object has its name, which is not taken.
  void Add(NamedObject& object);
  /// The same for good.
  void AddPermanent(RefPtr<NamedObject> object);
  /// Takes down what is permanent, and so on below.
  void RemovePermanent();

  IntrusiveList<NamedObject>& objects() { return objects_; }

 private:
  IntrusiveList<NamedObject> objects_;  ///< In the order in which they came.
};

/// Stands for another name.
class SymbolicLink final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kSymbolicLink;

  explicit SymbolicLink(Vector<char> target) : NamedObject(kType), target_(std::move(target)) {}
  std::string_view target() const { return {target_.data(), target_.size()}; }

 private:
  const Vector<char> target_;
};

}  // namespace fl::kernel
