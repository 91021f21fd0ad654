// SectionObject: what a section handle names: the section, what its creator allows, and perhaps a name.
// Invariants:  the name goes with the last handle; the section stays as long as views refer to it.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/base/vector.h"
#include "kernel/object.h"
#include "mm/section.h"

namespace fl::kernel {

class SectionObject final : public Object, public ListNode<SectionObject> {
 public:
  static constexpr ObjectType kType = ObjectType::kSection;

  /// `protection`: the most that views of it may ask for; `size`: bytes that they may show.
  SectionObject(RefPtr<mm::Section> section, mm::Protection protection, u64 size)
      : Object(kType), section_(std::move(section)), protection_(protection), size_(size) {}
  ~SectionObject() override { KASSERT(!linked()); }

  mm::Section& section() { return *section_; }
  mm::Protection protection() const { return protection_; }
  u64 size() const { return size_; }
  std::string_view name() const { return {name_.data(), name_.size()}; }
  /// kNoMemory. Then NamedObjects::Add.
  Status SetName(std::string_view name) {
    for (const char c : name) TRY_STATUS(name_.Push(c));
    return Status::kSuccess;
  }

 private:
  void OnLastHandleClosed() override {
    if (linked()) Unlink();
  }

  const RefPtr<mm::Section> section_;
  const mm::Protection protection_;
  const u64 size_;
  Vector<char> name_;
};

}  // namespace fl::kernel
