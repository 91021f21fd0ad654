// NamedHandle: see named_handle.h.
#include "kernel/syscall/named_handle.h"

#include "kernel/kernel.h"
#include "kernel/syscall/new_handle.h"

namespace fl::kernel {
namespace {

constexpr u32 kOpenIf = 0x80;  // OBJ_OPENIF

/// Names relative to a directory: there are no directories of objects yet, so no handle can name one.
Status RefuseRoot(const SystemCall& call, const CapturedAttributes& attributes) {
  if (attributes.root_directory == 0) return Status::kSuccess;
  TRY(call.process.handles().Find(attributes.root_directory));
  return Status::kObjectTypeMismatch;
}

std::string_view NameOf(const CapturedAttributes& attributes) {
  return {attributes.name.data(), attributes.name.size()};
}

}  // namespace

Status InsertNamed(const SystemCall& call, u32 handle_pointer, const RefPtr<NamedObject>& object,
                   const CapturedAttributes& attributes, u32 access) {
  TRY_STATUS(RefuseRoot(call, attributes));
  NamedObjects& names = TheKernel().names;
  const bool named = !attributes.name.empty();
  RefPtr<NamedObject> taken = named ? names.Find(NameOf(attributes)) : nullptr;
  if (taken) {
    if ((attributes.attributes & kOpenIf) == 0) return Status::kObjectNameCollision;
    if (taken->type() != object->type()) return Status::kObjectTypeMismatch;
  } else if (named) {
    TRY_STATUS(object->SetName(NameOf(attributes)));
  }
  NewHandle handle = TRY(NewHandle::Insert(call, taken ? taken : object, access));
  if (named && !taken) names.Add(*object);
  TRY_STATUS(handle.Deliver(handle_pointer));
  return taken ? Status::kObjectNameExists : Status::kSuccess;
}

Status OpenNamed(const SystemCall& call, u32 handle_pointer, ObjectType type, u32 object_attributes,
                 u32 access) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(object_attributes));
  TRY_STATUS(RefuseRoot(call, attributes));
  if (attributes.name.empty()) return Status::kObjectPathSyntaxBad;
  const RefPtr<NamedObject> object = TheKernel().names.Find(NameOf(attributes));
  if (!object) return Status::kObjectNameNotFound;
  if (object->type() != type) return Status::kObjectTypeMismatch;
  return TRY(NewHandle::Insert(call, object, access)).Deliver(handle_pointer);
}

}  // namespace fl::kernel
