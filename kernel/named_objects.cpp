// NamedObjects: see named_objects.h.
#include "kernel/named_objects.h"

#include "pe/module_name.h"

namespace fl::kernel {

RefPtr<SectionObject> NamedObjects::Find(std::string_view name) {
  for (SectionObject& section : sections_) {
    if (pe::EqualIgnoringCase(section.name(), name)) return RefPtr<SectionObject>(&section);
  }
  return nullptr;
}

}  // namespace fl::kernel
