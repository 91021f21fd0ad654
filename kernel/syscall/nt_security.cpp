// System calls: security descriptors, and what they allow. Handles are granted whatever is asked for: there is
// one administrator. A descriptor is kept with its object and shown again; only NtAccessCheck judges by one.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/any_handle.h"
#include "kernel/syscall/captured_descriptor.h"
#include "kernel/syscall/object_types.h"
#include "kernel/syscall/token_handle.h"

namespace fl::kernel {
namespace {

// SECURITY_INFORMATION
constexpr u32 kOwnerInformation = 1;
constexpr u32 kGroupInformation = 2;
constexpr u32 kDaclInformation = 4;
constexpr u32 kSaclInformation = 8;
constexpr u32 kLabelInformation = 0x10;

/// The access that it takes to read, or to write, those parts.
u32 AccessToQuery(u32 parts) {
  return ((parts & (kOwnerInformation | kGroupInformation | kDaclInformation)) != 0 ? kReadControl
                                                                                    : 0) |
         ((parts & kSaclInformation) != 0 ? kAccessSystemSecurity : 0);
}
u32 AccessToSet(u32 parts) {
  return ((parts & (kOwnerInformation | kGroupInformation | kLabelInformation)) != 0 ? kWriteOwner
                                                                                     : 0) |
         ((parts & kDaclInformation) != 0 ? kWriteDac : 0) |
         ((parts & kSaclInformation) != 0 ? kAccessSystemSecurity : 0);
}

/// What the object has, or all objects of its type have; `storage` keeps what is made for the answer.
Result<security::Descriptor> DescriptorOf(const Object& object, Vector<u8>& storage) {
  if (!object.security.empty()) {
    // As it was checked when it was set; a copy, for another thread may set the next.
    TRY_STATUS(storage.Append(object.security.span()));
    return security::Parse(storage.span());
  }
  TRY_STATUS(security::AppendDefaultAcl(TypeInfo(object.type()).mapping.all, storage));
  return security::Descriptor{.control = security::kDaclPresent,
                              .owner = Token::Owner(),
                              .group = Token::PrimaryGroup(),
                              .sacl = {},
                              .dacl = storage.span()};
}

void KeepParts(security::Descriptor& descriptor, u32 parts) {
  if ((parts & kOwnerInformation) == 0) descriptor.owner = {};
  if ((parts & kGroupInformation) == 0) descriptor.group = {};
  if ((parts & kDaclInformation) == 0) {
    descriptor.dacl = {};
    descriptor.control &= u16(~security::kDaclPresent);
  }
  if ((parts & kSaclInformation) == 0) {
    descriptor.sacl = {};
    descriptor.control &= u16(~security::kSaclPresent);
  }
}

/// `before` with those parts of `from`.
security::Descriptor Merge(security::Descriptor before, const security::Descriptor& from,
                           u32 parts) {
  const auto take_control = [&](u16 bit) {
    before.control = u16((before.control & ~bit) | (from.control & bit));
  };
  if ((parts & kOwnerInformation) != 0) before.owner = from.owner;
  if ((parts & kGroupInformation) != 0) before.group = from.group;
  if ((parts & kDaclInformation) != 0) {
    before.dacl = from.dacl;
    take_control(security::kDaclPresent);
  }
  if ((parts & kSaclInformation) != 0) {
    before.sacl = from.sacl;
    take_control(security::kSaclPresent);
  }
  return before;
}

}  // namespace

Status NtQuerySecurityObject(const SystemCall& call) {
  const u32 parts = call[1], out = call[2], length = call[3], returned = call[4];
  TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const HandleTable::Found found = TRY(FindAny(call, call[0]));
  const u32 access = AccessToQuery(parts);
  if ((found.access & access) != access) return Status::kAccessDenied;
  Vector<u8> storage, whole;
  security::Descriptor descriptor = TRY(DescriptorOf(*found.object, storage));
  KeepParts(descriptor, parts);
  TRY_STATUS(security::Append(descriptor, whole));
  Answer answer(out);
  TRY_STATUS(answer.Append(whole.span()));
  return answer.Give(length, returned, Status::kBufferTooSmall);
}

Status NtSetSecurityObject(const SystemCall& call) {
  const u32 parts = call[1];
  const HandleTable::Found found = TRY(FindAny(call, call[0]));
  const u32 access = AccessToSet(parts);
  if ((found.access & access) != access) return Status::kAccessDenied;
  const Vector<u8> captured = TRY(CaptureDescriptor(call[2]));
  const security::Descriptor from = TRY(security::Parse(captured.span()));
  if ((parts & kOwnerInformation) != 0 && from.owner.empty()) return Status::kInvalidOwner;
  if ((parts & kGroupInformation) != 0 && from.group.empty()) {
    return Status::kInvalidSecurityDescriptor;
  }
  Vector<u8> storage, whole;
  const security::Descriptor before = TRY(DescriptorOf(*found.object, storage));
  TRY_STATUS(security::Append(Merge(before, from, parts), whole));
  found.object->security = std::move(whole);
  return Status::kSuccess;
}

Status NtAccessCheck(const SystemCall& call) {
  constexpr u32 kIdentification = 1;
  constexpr u32 kGeneric = kGenericRead | kGenericWrite | kGenericExecute | kGenericAll;
  // A PRIVILEGE_SET of none: nobody needs one here.
  struct PrivilegeSet {
    u32 count, control;
    u32 low, high, attributes;
  };
  const u32 wanted = call[2], set_pointer = call[4], set_length_pointer = call[5];
  const u32 granted_pointer = call[6], status_pointer = call[7];
  const u32 set_length = TRY(ReadInOut<u32>(set_length_pointer));
  TRY_STATUS(ProbeForWrite(set_pointer, set_length));
  TRY_STATUS(ProbeForWrite(granted_pointer, sizeof(u32)));
  TRY_STATUS(ProbeForWrite(status_pointer, sizeof(u32)));
  if (set_length < sizeof(PrivilegeSet)) {
    TRY_STATUS(WriteUser(set_length_pointer, u32(sizeof(PrivilegeSet))));
    return Status::kBufferTooSmall;
  }
  const GenericMapping mapping = TRY(ReadUser<GenericMapping>(call[3]));
  if ((wanted & kGeneric) != 0) return Status::kGenericNotMapped;
  const RefPtr<Token> token = TRY(FindToken(call, call[1], kTokenQuery));
  if (token->token_type() != TokenType::kImpersonation) return Status::kNoImpersonationToken;
  if (token->impersonation_level() < kIdentification) return Status::kBadImpersonationLevel;
  const Vector<u8> captured = TRY(CaptureDescriptor(call[0]));
  const security::Descriptor descriptor = TRY(security::Parse(captured.span()));
  if (descriptor.owner.empty() || descriptor.group.empty()) {
    return Status::kInvalidSecurityDescriptor;
  }
  const security::AccessAnswer answer =
      security::CheckAccess(descriptor, *token, wanted, mapping.all);
  TRY_STATUS(WriteUser(set_pointer, PrivilegeSet{}));
  TRY_STATUS(WriteUser(granted_pointer, answer.granted));
  return WriteUser(status_pointer, Code(answer.status));
}

}  // namespace fl::kernel
