// AccessCheck: see access_check.h.
#include "kernel/security/access_check.h"

namespace fl::security {
namespace {

constexpr u32 kReadControl = 0x00020000;
constexpr u32 kWriteDac = 0x00040000;
constexpr u32 kWriteOwner = 0x00080000;
constexpr u32 kAccessSystemSecurity = 0x01000000;
constexpr u32 kMaximumAllowed = 0x02000000;
constexpr u8 kInheritOnly = 0x08;  // INHERIT_ONLY_ACE

/// What the list allows, of what is not denied before.
u32 AllowedBy(Bytes acl, const Subject& subject) {
  AclHead head;
  __builtin_memcpy(&head, acl.data(), sizeof(head));
  Bytes rest = acl.subspan(sizeof(AclHead));
  u32 allowed = 0, denied = 0;
  for (u32 i = 0; i < head.count; ++i) {
    AceHead ace;
    __builtin_memcpy(&ace, rest.data(), sizeof(ace));
    const Bytes sid = rest.first(ace.size).subspan(sizeof(AceHead));
    rest = rest.subspan(ace.size);
    if (ace.type > kAccessDenied || (ace.flags & kInheritOnly) != 0) continue;
    const Result<u32> size = SidSize(sid);
    if (!size.ok() || !subject.Is(sid.first(*size))) continue;
    if (ace.type == kAccessAllowed) {
      allowed |= ace.mask & ~denied;
    } else {
      denied |= ace.mask & ~allowed;
    }
  }
  return allowed;
}

}  // namespace

AccessAnswer CheckAccess(const Descriptor& descriptor, const Subject& subject, u32 wanted,
                         u32 all) {
  const bool no_list = (descriptor.control & kDaclPresent) == 0 || descriptor.dacl.empty();
  u32 allowed = no_list ? all : AllowedBy(descriptor.dacl, subject);
  if (!descriptor.owner.empty() && subject.Is(descriptor.owner)) {
    allowed |= kReadControl | kWriteDac;
  }
  if (subject.MayTakeOwnership()) allowed |= kWriteOwner;
  // The list has no say in this one.
  allowed &= ~kAccessSystemSecurity;
  if (subject.MayReadSacl()) allowed |= kAccessSystemSecurity;

  const u32 named = wanted & ~kMaximumAllowed;
  if ((named & ~allowed) != 0) return {};
  u32 granted = named;
  if ((wanted & kMaximumAllowed) != 0) granted |= allowed & all;
  if (granted == 0) return {};
  return {Status::kSuccess, granted};
}

}  // namespace fl::security
