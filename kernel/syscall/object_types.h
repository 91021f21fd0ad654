// ObjectTypes: what NT says of each type of object: its name and what access to it can mean.
// Source: Microsoft Learn, "Access Rights" of each type; phnt for names and rights of the others.
#pragma once

#include <string_view>

#include "kernel/object.h"
#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

struct ObjectTypeInfo {
  std::u16string_view name;
  GenericMapping mapping;
};

const ObjectTypeInfo& TypeInfo(ObjectType type);

}  // namespace fl::kernel
