// SectionObject: what a section handle names: the section, what its creator allows, and perhaps a name.
// Invariants:  the name goes with the last handle; the section stays as long as views refer to it.
#pragma once

#include "kernel/named_objects.h"
#include "mm/data_section.h"

namespace fl::kernel {

class SectionObject final : public NamedObject {
 public:
  static constexpr ObjectType kType = ObjectType::kSection;

  /// `protection`: the most that views of it may ask for; `size`: bytes that they may show.
  SectionObject(RefPtr<mm::Section> section, mm::Protection protection, u64 size)
      : NamedObject(kType), section_(std::move(section)), protection_(protection), size_(size) {
    CountUser(+1);
  }
  ~SectionObject() override { CountUser(-1); }

  mm::Section& section() { return *section_; }
  mm::Protection protection() const { return protection_; }
  u64 size() const { return size_; }

 private:
  /// A file that is in use as a section does not get shorter.
  void CountUser(i32 change) {
    if (section_->kind() == mm::SectionKind::kData) {
      static_cast<mm::DataSection&>(*section_).CountUser(change);
    }
  }

  const RefPtr<mm::Section> section_;
  const mm::Protection protection_;
  const u64 size_;
};

}  // namespace fl::kernel
