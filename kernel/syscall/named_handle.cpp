// NamedHandle: see named_handle.h.
#include "kernel/syscall/named_handle.h"

#include "kernel/kernel.h"

namespace fl::kernel {
namespace {

constexpr u32 kOpenIf = 0x80;  // OBJ_OPENIF

}  // namespace

Result<NameRequest> ReadNameRequest(u32 object_attributes) {
  CapturedAttributes captured = TRY(CaptureAttributes(object_attributes));
  NameRequest request;
  request.open_if = (captured.attributes & kOpenIf) != 0;
  request.name = std::move(captured.name);
  return request;
}

Status InsertNamed(const SystemCall& call, u32 handle_pointer, const RefPtr<NamedObject>& object,
                   const NameRequest& request, u32 access) {
  NamedObjects& names = TheKernel().names;
  RefPtr<NamedObject> inserted = object;
  Status status = Status::kSuccess;
  if (!request.name.empty()) {
    if (RefPtr<NamedObject> taken = names.Find(request.text())) {
      if (!request.open_if) return Status::kObjectNameCollision;
      if (taken->type() != object->type()) return Status::kObjectTypeMismatch;
      inserted = std::move(taken);
      status = Status::kObjectNameExists;
    } else {
      TRY_STATUS(object->SetName(request.text()));
    }
  }
  const u32 handle = TRY(call.process.handles().Insert(inserted, access));
  if (!request.name.empty() && status == Status::kSuccess) names.Add(*object);
  TRY_STATUS(WriteUser(handle_pointer, handle));
  return status;
}

Status OpenNamed(const SystemCall& call, u32 handle_pointer, ObjectType type, u32 object_attributes,
                 u32 access) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const NameRequest request = TRY(ReadNameRequest(object_attributes));
  if (request.name.empty()) return Status::kObjectPathSyntaxBad;
  const RefPtr<NamedObject> object = TheKernel().names.Find(request.text());
  if (!object) return Status::kObjectNameNotFound;
  if (object->type() != type) return Status::kObjectTypeMismatch;
  const u32 handle = TRY(call.process.handles().Insert(object, access));
  return WriteUser(handle_pointer, handle);
}

}  // namespace fl::kernel
