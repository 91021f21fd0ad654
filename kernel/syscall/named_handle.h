// NamedHandle: what calls that create or open objects by name have in common: a handle to a new object or to
// the one that has the name.
// Semantics: OBJECT_ATTRIBUTES (Microsoft Learn): a name is relative to a directory, or begins at the root;
// without OBJ_OPENIF a name that is taken is an error, with it the object that has it is opened, if it is of
// the type asked for.
#pragma once

#include "kernel/object_namespace.h"
#include "kernel/syscall/access_rights.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// The caller's handle to the new `object` under that name, or to the object that has it: then the status is
/// kObjectNameExists. `access`: granted. kObjectNameCollision, kObjectTypeMismatch, what
/// ObjectNamespace::Resolve says; kPrivilegeNotHeld: only the kernel's own objects are permanent.
Status InsertNamed(const SystemCall& call, u32 handle_pointer, const RefPtr<NamedObject>& object,
                   const CapturedAttributes& attributes, u32 access);
/// The caller's handle to the object of that type and name. kObjectNameNotFound, kObjectTypeMismatch.
Status OpenNamed(const SystemCall& call, u32 handle_pointer, ObjectType type, u32 object_attributes,
                 u32 access);

}  // namespace fl::kernel
