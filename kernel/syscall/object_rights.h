// ObjectRights: what the generic rights stand for with each type of object.
// Source: Microsoft Learn (access rights of each type), phnt.
#pragma once

#include "kernel/object.h"
#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

GenericMapping MappingOf(ObjectType type);

}  // namespace fl::kernel
