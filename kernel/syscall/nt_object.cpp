// System calls: what any object and any handle is asked: name, type, counts, flags.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/any_handle.h"
#include "kernel/syscall/object_types.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 0,
  kNameInformation = 1,
  kTypeInformation = 2,
  kHandleFlagInformation = 4,
};

constexpr u32 kAttributeInherit = 0x2;  // OBJ_INHERIT
constexpr u32 kKnownAttributes = 0x1FF2;
// Only numbers that differ; NT's first type is 2.
constexpr u32 kFirstTypeIndex = 2;

/// OBJECT_BASIC_INFORMATION
struct BasicInformation {
  u32 attributes, granted_access;
  u32 handle_count, pointer_count;
  u32 paged_pool_charge, non_paged_pool_charge;
  u32 reserved[3];
  u32 name_size, type_size, security_descriptor_size;
  u64 creation_time;
};
static_assert(sizeof(BasicInformation) == 0x38);

/// OBJECT_TYPE_INFORMATION; the name's text follows.
struct TypeInformation {
  UserUnicodeString name;
  u32 objects, handles;
  u32 pool_usage[4];
  u32 most_objects, most_handles;
  u32 most_pool_usage[4];
  u32 invalid_attributes;
  GenericMapping mapping;
  u32 valid_access;
  u8 security_required, maintains_handle_count, index, reserved;
  u32 pool_type;
  u32 pool_charge[2];
};
static_assert(sizeof(TypeInformation) == 0x60);

/// OBJECT_HANDLE_FLAG_INFORMATION
struct HandleFlags {
  u8 inherit, protect_from_close;
};

/// A UNICODE_STRING whose text, with a zero behind, comes right after `before` more bytes.
Result<UserUnicodeString> StringAt(const Answer& answer, u32 before, u32 characters) {
  if (characters * 2 + 2 > 0xFFFF) return Status::kNameTooLong;
  return UserUnicodeString{u16(characters * 2), u16(characters * 2 + 2), answer.end() + before};
}

Status PutBasic(Answer& answer, const HandleTable::Found& found) {
  const bool inherited = (found.attributes & kHandleInherit) != 0;
  Vector<char16_t> name;
  TRY_STATUS(found.object->AppendName(name));
  const ObjectTypeInfo& type = TypeInfo(found.object->type());
  return answer.Put(BasicInformation{
      .attributes = inherited ? kAttributeInherit : 0,
      .granted_access = found.access,
      .handle_count = found.object->handle_count(),
      // Without the one that this call holds.
      .pointer_count = found.object->references() - 1,
      .paged_pool_charge = 0,
      .non_paged_pool_charge = 0,
      .reserved = {},
      .name_size = name.empty() ? 0 : u32(sizeof(UserUnicodeString)) + name.size() * 2 + 2,
      .type_size = u32(sizeof(TypeInformation) + type.name.size() * 2 + 2),
      .security_descriptor_size = 0,
      .creation_time = 0});
}

Status PutName(Answer& answer, const Object& object) {
  Vector<char16_t> name;
  TRY_STATUS(object.AppendName(name));
  if (name.empty()) return answer.Put(UserUnicodeString{});
  TRY_STATUS(answer.Put(TRY(StringAt(answer, sizeof(UserUnicodeString), name.size()))));
  TRY_STATUS(name.Push(0));
  return answer.PutText({name.data(), name.size()});
}

Status PutType(Answer& answer, const Object& object) {
  const ObjectTypeInfo& type = TypeInfo(object.type());
  const ObjectCounts& counts = Object::Counts(object.type());
  TRY_STATUS(answer.Put(
      TypeInformation{.name = TRY(StringAt(answer, sizeof(TypeInformation), u32(type.name.size()))),
                      .objects = counts.objects,
                      .handles = counts.handles,
                      .pool_usage = {},
                      .most_objects = counts.most_objects,
                      .most_handles = counts.most_handles,
                      .most_pool_usage = {},
                      .invalid_attributes = u32(~kKnownAttributes & 0xFFFF),
                      .mapping = type.mapping,
                      .valid_access = type.mapping.all,
                      .security_required = 1,
                      .maintains_handle_count = 0,
                      .index = u8(kFirstTypeIndex + u32(object.type())),
                      .reserved = 0,
                      .pool_type = 0,
                      .pool_charge = {}}));
  TRY_STATUS(answer.PutText(type.name));
  return answer.PutText({u"\0", 1});
}

}  // namespace

Status NtQueryObject(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  Answer answer(out);
  const HandleTable::Found found = TRY(FindAny(call, call[0]));
  switch (what) {
    case kBasicInformation:
      TRY_STATUS(PutBasic(answer, found));
      return answer.Give(length, returned, Status::kInfoLengthMismatch);
    case kNameInformation: {
      TRY_STATUS(PutName(answer, *found.object));
      const bool has_head = length >= sizeof(UserUnicodeString);
      return answer.Give(length, returned,
                         has_head ? Status::kBufferOverflow : Status::kInfoLengthMismatch);
    }
    case kTypeInformation:
      TRY_STATUS(PutType(answer, *found.object));
      return answer.Give(length, returned, Status::kInfoLengthMismatch);
    case kHandleFlagInformation:
      TRY_STATUS(answer.Put(HandleFlags{(found.attributes & kHandleInherit) != 0,
                                        (found.attributes & kHandleProtectFromClose) != 0}));
      return answer.Give(length, returned, Status::kInfoLengthMismatch);
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtSetInformationObject(const SystemCall& call) {
  const u32 handle = call[0], what = call[1], in = call[2], length = call[3];
  if (what != kHandleFlagInformation) return Status::kInvalidInfoClass;
  if (length != sizeof(HandleFlags)) return Status::kInfoLengthMismatch;
  const HandleFlags flags = TRY(ReadUser<HandleFlags>(in));
  return call.process.handles().SetAttributes(
      handle, u8((flags.inherit ? kHandleInherit : 0) |
                 (flags.protect_from_close ? kHandleProtectFromClose : 0)));
}

}  // namespace fl::kernel
