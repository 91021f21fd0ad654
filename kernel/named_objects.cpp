// NamedObjects: see named_objects.h.
#include "kernel/named_objects.h"

#include "pe/module_name.h"

namespace fl::kernel {

RefPtr<NamedObject> NamedObjects::Find(std::string_view name) {
  for (NamedObject& object : objects_) {
    if (pe::EqualIgnoringCase(object.name(), name)) return RefPtr<NamedObject>(&object);
  }
  return nullptr;
}

}  // namespace fl::kernel
