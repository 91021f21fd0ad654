// Descriptor: see descriptor.h.
#include "kernel/security/descriptor.h"

#include "kernel/security/sid.h"

namespace fl::security {
namespace {

constexpr u8 kAclRevision = 2, kLastAclRevision = 4;

template <class T>
T Load(Bytes bytes) {
  T value;
  __builtin_memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

template <class T>
Status Put(const T& value, Vector<u8>& out) {
  return out.Append({reinterpret_cast<const u8*>(&value), sizeof(T)});
}

Result<Bytes> SidAt(Bytes all, u32 offset) {
  if (offset == 0) return Bytes();
  if (offset > all.size()) return Status::kInvalidSecurityDescriptor;
  const Bytes from = all.subspan(offset);
  return from.first(TRY(SidSize(from)));
}

Result<Bytes> AclAt(Bytes all, u32 offset) {
  if (offset == 0) return Bytes();
  if (offset > all.size() || all.size() - offset < sizeof(AclHead)) {
    return Status::kInvalidSecurityDescriptor;
  }
  const Bytes from = all.subspan(offset);
  const u32 size = Load<AclHead>(from).size;
  if (size < sizeof(AclHead) || size > from.size()) return Status::kInvalidAcl;
  TRY_STATUS(CheckAcl(from.first(size)));
  return from.first(size);
}

Status PutAce(u32 mask, Bytes sid, Vector<u8>& out) {
  TRY_STATUS(Put(AceHead{kAccessAllowed, 0, u16(sizeof(AceHead) + sid.size()), mask}, out));
  return out.Append(sid);
}

}  // namespace

Result<u32> SidSize(Bytes bytes) {
  if (bytes.size() < kSidHead || bytes[0] != 1 || bytes[1] > kMostSubAuthorities) {
    return Status::kInvalidSid;
  }
  const u32 size = kSidHead + 4u * bytes[1];
  if (size > bytes.size()) return Status::kInvalidSid;
  return size;
}

Status CheckAcl(Bytes acl) {
  if (acl.size() < sizeof(AclHead)) return Status::kInvalidAcl;
  const AclHead head = Load<AclHead>(acl);
  if (head.revision < kAclRevision || head.revision > kLastAclRevision) return Status::kInvalidAcl;
  Bytes rest = acl.subspan(sizeof(AclHead));
  for (u32 i = 0; i < head.count; ++i) {
    if (rest.size() < sizeof(AceHead)) return Status::kInvalidAcl;
    const AceHead ace = Load<AceHead>(rest);
    if (ace.size < sizeof(AceHead) || ace.size % 4 != 0 || ace.size > rest.size()) {
      return Status::kInvalidAcl;
    }
    if (ace.type <= kAccessDenied && !SidSize(rest.first(ace.size).subspan(sizeof(AceHead))).ok()) {
      return Status::kInvalidAcl;
    }
    rest = rest.subspan(ace.size);
  }
  return Status::kSuccess;
}

Result<Descriptor> Parse(Bytes self_relative) {
  if (self_relative.size() < sizeof(DescriptorHead)) return Status::kInvalidSecurityDescriptor;
  const DescriptorHead head = Load<DescriptorHead>(self_relative);
  if (head.revision != 1) return Status::kUnknownRevision;
  Descriptor descriptor;
  descriptor.control = head.control;
  descriptor.owner = TRY(SidAt(self_relative, head.owner));
  descriptor.group = TRY(SidAt(self_relative, head.group));
  if ((head.control & kSaclPresent) != 0) descriptor.sacl = TRY(AclAt(self_relative, head.sacl));
  if ((head.control & kDaclPresent) != 0) descriptor.dacl = TRY(AclAt(self_relative, head.dacl));
  return descriptor;
}

Status Append(const Descriptor& descriptor, Vector<u8>& out) {
  const Bytes parts[] = {descriptor.owner, descriptor.group, descriptor.sacl, descriptor.dacl};
  u32 offsets[4];
  u32 at = sizeof(DescriptorHead);
  for (u32 i = 0; i < 4; ++i) {
    offsets[i] = parts[i].empty() ? 0 : at;
    at += AlignUp(u32(parts[i].size()), 4u);
  }
  TRY_STATUS(out.Reserve(at));
  TRY_STATUS(Put(DescriptorHead{1, 0, u16(descriptor.control | kSelfRelative), offsets[0],
                                offsets[1], offsets[2], offsets[3]},
                 out));
  for (const Bytes part : parts) {
    TRY_STATUS(out.Append(part));
    TRY_STATUS(out.Resize(AlignUp(out.size(), 4u)));
  }
  return Status::kSuccess;
}

Status AppendDefaultAcl(u32 mask, Vector<u8>& out) {
  const u32 size = sizeof(AclHead) + 2 * sizeof(AceHead) + kAdministrators.size() + kSystem.size();
  TRY_STATUS(Put(AclHead{kAclRevision, 0, u16(size), 2, 0}, out));
  TRY_STATUS(PutAce(mask, kAdministrators, out));
  return PutAce(mask, kSystem, out);
}

}  // namespace fl::security
