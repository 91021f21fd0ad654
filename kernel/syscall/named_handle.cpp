// NamedHandle: see named_handle.h.
#include "kernel/syscall/named_handle.h"

#include "kernel/kernel.h"
#include "kernel/syscall/directory_rights.h"
#include "kernel/syscall/new_handle.h"

namespace fl::kernel {
namespace {

// OBJ_*
constexpr u32 kPermanent = 0x10;
constexpr u32 kCaseInsensitive = 0x40;
constexpr u32 kOpenIf = 0x80;

/// Where the name leads, which is not empty.
Result<NamePlace> Locate(const SystemCall& call, const CapturedAttributes& attributes,
                         LastLink last_link) {
  RefPtr<ObjectDirectory> start;
  if (attributes.root_directory != 0) {
    start = TRY(call.process.handles().FindAs<ObjectDirectory>(attributes.root_directory,
                                                               kDirectoryTraverse));
  }
  const bool ignore_case = (attributes.attributes & kCaseInsensitive) != 0;
  return TheKernel().names.Resolve(start.get(), {attributes.name.data(), attributes.name.size()},
                                   ignore_case ? NameCase::kIgnore : NameCase::kExact, last_link);
}

/// Links are what their own calls open; all others follow them.
LastLink LinkFor(ObjectType type) {
  return type == ObjectType::kSymbolicLink ? LastLink::kTake : LastLink::kFollow;
}

}  // namespace

Status InsertNamed(const SystemCall& call, u32 handle_pointer, const RefPtr<NamedObject>& object,
                   const CapturedAttributes& attributes, u32 access) {
  if ((attributes.attributes & kPermanent) != 0) return Status::kPrivilegeNotHeld;
  NamePlace place;
  if (!attributes.name.empty()) {
    place = TRY(Locate(call, attributes, LinkFor(object->type())));
    if (!place.object) {
      TRY_STATUS(object->SetName({place.name.data(), place.name.size()}));
    } else {
      if ((attributes.attributes & kOpenIf) == 0) return Status::kObjectNameCollision;
      if (place.object->type() != object->type()) return Status::kObjectTypeMismatch;
    }
  } else if (attributes.root_directory != 0) {
    return Status::kObjectNameInvalid;
  }
  NewHandle handle = TRY(NewHandle::Insert(call, place.object ? place.object : object, access,
                                           attributes.ForHandle()));
  if (place.directory && !place.object) place.directory->Add(*object);
  TRY_STATUS(handle.Deliver(handle_pointer));
  return place.object ? Status::kObjectNameExists : Status::kSuccess;
}

Status OpenNamed(const SystemCall& call, u32 handle_pointer, ObjectType type, u32 object_attributes,
                 u32 access) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const CapturedAttributes attributes = TRY(CaptureAttributes(object_attributes));
  if (attributes.name.empty()) {
    return attributes.root_directory != 0 ? Status::kObjectNameInvalid
                                          : Status::kObjectPathSyntaxBad;
  }
  const NamePlace place = TRY(Locate(call, attributes, LinkFor(type)));
  if (!place.object) return Status::kObjectNameNotFound;
  if (place.object->type() != type) return Status::kObjectTypeMismatch;
  return TRY(NewHandle::Insert(call, place.object, access, attributes.ForHandle()))
      .Deliver(handle_pointer);
}

}  // namespace fl::kernel
