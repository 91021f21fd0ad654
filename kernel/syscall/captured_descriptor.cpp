// CapturedDescriptor: see captured_descriptor.h.
#include "kernel/syscall/captured_descriptor.h"

#include "kernel/security/sid.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

/// `head` bytes, of which `size_of` says how many there are in all, and then the rest.
template <class Head, class SizeOf>
Status Capture(u32 address, Vector<u8>& out, SizeOf size_of) {
  if (address == 0) return Status::kSuccess;
  const Head head = TRY(ReadUser<Head>(address));
  const u32 size = TRY(size_of(head));
  TRY_STATUS(out.Resize(size));
  __builtin_memcpy(out.data(), &head, sizeof(head));
  return CopyFromUser(out.data() + sizeof(head), address + u32(sizeof(head)),
                      size - u32(sizeof(head)));
}

struct SidHead {
  u8 revision, count;
  u8 authority[6];
};
static_assert(sizeof(SidHead) == security::kSidHead);

Status CaptureSid(u32 address, Vector<u8>& out) {
  return Capture<SidHead>(address, out, [](const SidHead& head) -> Result<u32> {
    if (head.revision != 1 || head.count > security::kMostSubAuthorities) {
      return Status::kInvalidSid;
    }
    return security::kSidHead + 4u * head.count;
  });
}

Status CaptureAcl(u32 address, Vector<u8>& out) {
  TRY_STATUS(
      Capture<security::AclHead>(address, out, [](const security::AclHead& head) -> Result<u32> {
        if (head.size < sizeof(head)) return Status::kInvalidAcl;
        return u32(head.size);
      }));
  return out.empty() ? Status::kSuccess : security::CheckAcl(out.span());
}

}  // namespace

Result<Vector<u8>> CaptureDescriptor(u32 address) {
  const auto head = TRY(ReadUser<security::DescriptorHead>(address));
  if (head.revision != 1) return Status::kUnknownRevision;
  const bool relative = (head.control & security::kSelfRelative) != 0;
  const auto at = [&](u32 place) { return place == 0 || !relative ? place : address + place; };
  Vector<u8> owner, group, sacl, dacl;
  TRY_STATUS(CaptureSid(at(head.owner), owner));
  TRY_STATUS(CaptureSid(at(head.group), group));
  if ((head.control & security::kSaclPresent) != 0) TRY_STATUS(CaptureAcl(at(head.sacl), sacl));
  if ((head.control & security::kDaclPresent) != 0) TRY_STATUS(CaptureAcl(at(head.dacl), dacl));
  Vector<u8> whole;
  TRY_STATUS(security::Append({.control = head.control,
                               .owner = owner.span(),
                               .group = group.span(),
                               .sacl = sacl.span(),
                               .dacl = dacl.span()},
                              whole));
  return whole;
}

}  // namespace fl::kernel
