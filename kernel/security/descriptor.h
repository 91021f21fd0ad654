// Descriptor: a security descriptor: owner, group, and the lists of who may what (DACL) and what is noted (SACL).
// Layout:      self-relative: SECURITY_DESCRIPTOR_RELATIVE, ACL, ACE (Microsoft Learn; [MS-DTYP] 2.4).
// Invariants:  total over untrusted bytes: the parts that Parse gives lie within them and are well-formed.
#pragma once

#include <span>

#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::security {

using Bytes = std::span<const u8>;

enum Control : u16 {
  kDaclPresent = 0x0004,
  kSaclPresent = 0x0010,
  kSelfRelative = 0x8000,
};

/// What a descriptor is made of; empty: it has none. A DACL that is present and empty is a null one, which
/// allows everything to everybody.
struct Descriptor {
  u16 control = 0;
  Bytes owner, group, sacl, dacl;
};

struct DescriptorHead {
  u8 revision, reserved;
  u16 control;
  u32 owner, group, sacl, dacl;  ///< Offsets, or in absolute ones addresses; 0: none.
};
static_assert(sizeof(DescriptorHead) == 20);

struct AclHead {
  u8 revision, reserved;
  u16 size, count, reserved2;
};
static_assert(sizeof(AclHead) == 8);

enum AceType : u8 { kAccessAllowed = 0, kAccessDenied = 1 };
struct AceHead {
  u8 type, flags;
  u16 size;
  u32 mask;
};
static_assert(sizeof(AceHead) == 8);

/// The number of bytes of the SID that `bytes` begin with. kInvalidSid.
Result<u32> SidSize(Bytes bytes);
/// Is `acl`, which has the size its head says, a list of whole entries? kInvalidAcl.
Status CheckAcl(Bytes acl);

/// kInvalidSecurityDescriptor, kUnknownRevision, kInvalidSid, kInvalidAcl.
Result<Descriptor> Parse(Bytes self_relative);
/// Self-relative, behind what there is, which is nothing. kNoMemory.
Status Append(const Descriptor& descriptor, Vector<u8>& out);
/// A list that allows `mask` to the administrators and the system. kNoMemory.
Status AppendDefaultAcl(u32 mask, Vector<u8>& out);

}  // namespace fl::security
