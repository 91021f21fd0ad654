// NamedObjects: the sections that have a name, for NtCreateSection and NtOpenSection.
// Invariants:  a name lives as long as a handle to its section; the list refers weakly. Names are compared
//              without regard to case.
#pragma once

#include "kernel/section_object.h"

namespace fl::kernel {

class NamedObjects {
 public:
  /// Null if there is none.
  RefPtr<SectionObject> Find(std::string_view name);
  /// The name is not taken.
  void Add(SectionObject& section) { sections_.PushBack(section); }
  static void Remove(SectionObject& section) { IntrusiveList<SectionObject>::Remove(section); }

 private:
  IntrusiveList<SectionObject> sections_;
};

}  // namespace fl::kernel
