// System calls: what a token says.
// Semantics:   GetTokenInformation, TOKEN_INFORMATION_CLASS (Microsoft Learn); SIDs and lists lie behind the
//              structures that point to them, in the same buffer.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/token_handle.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kUser = 1,
  kGroups = 2,
  kPrivileges = 3,
  kOwner = 4,
  kPrimaryGroup = 5,
  kDefaultDacl = 6,
  kSource = 7,
  kType = 8,
  kImpersonationLevel = 9,
  kStatistics = 10,
  kRestrictedSids = 11,
  kSessionId = 12,
  kSandBoxInert = 15,
  kOrigin = 17,
  kElevationType = 18,
  kElevation = 20,
  kHasRestrictions = 21,
  kVirtualizationAllowed = 23,
  kVirtualizationEnabled = 24,
  kIntegrityLevel = 25,
  kUiAccess = 26,
  kMandatoryPolicy = 27,
  kLogonSid = 28,
  kIsAppContainer = 29,
};

constexpr u32 kTheSession = 1;
constexpr u32 kElevationTypeDefault = 1;
constexpr u32 kNoWriteUpAndNewProcessMin = 3;
constexpr u32 kIntegrityAttributes = 0x60;  // SE_GROUP_INTEGRITY, SE_GROUP_INTEGRITY_ENABLED
constexpr u32 kLogonIdAttribute = 0xC0000000;
constexpr u32 kGenericAllMask = kGenericAll;

struct Luid {
  u32 low, high;
};
// Where NT's own logon numbers come from: who logged on, and the session manager that let them.
constexpr Luid kLogonLuid{0x3E8, 0};
constexpr Luid kSystemLuid{0x3E7, 0};

struct SidAndAttributes {
  u32 sid, attributes;
};
struct SourceInformation {
  char name[8];
  Luid identifier;
};
struct Statistics {
  Luid token_id, authentication_id;
  u64 expiration_time;
  u32 type, impersonation_level;
  u32 dynamic_charged, dynamic_available;
  u32 group_count, privilege_count;
  Luid modified_id;
};
static_assert(sizeof(Statistics) == 56);

/// A pointer to what comes right behind it.
Status PutPointed(Answer& answer, std::span<const u8> bytes) {
  TRY_STATUS(answer.Put(answer.end() + u32(sizeof(u32))));
  return answer.Append(bytes);
}

Status PutSidAndAttributes(Answer& answer, security::SidView sid, u32 attributes) {
  TRY_STATUS(
      answer.Put(SidAndAttributes{answer.end() + u32(sizeof(SidAndAttributes)), attributes}));
  return answer.Append(sid);
}

/// TOKEN_GROUPS of those that have all of `attributes`.
Status PutGroups(Answer& answer, u32 attributes) {
  u32 count = 0;
  const auto chosen = [&](const Group& group) {
    return (group.attributes & attributes) == attributes;
  };
  for (const Group& group : Token::Groups()) count += chosen(group);
  TRY_STATUS(answer.Put(count));
  u32 sid = answer.end() + count * u32(sizeof(SidAndAttributes));
  for (const Group& group : Token::Groups()) {
    if (!chosen(group)) continue;
    TRY_STATUS(answer.Put(SidAndAttributes{sid, group.attributes}));
    sid += u32(group.sid.size());
  }
  for (const Group& group : Token::Groups()) {
    if (chosen(group)) TRY_STATUS(answer.Append(group.sid));
  }
  return Status::kSuccess;
}

Status PutPrivileges(Answer& answer, const Token& token) {
  TRY_STATUS(answer.Put(u32(token.privileges().size())));
  for (const Privilege& privilege : token.privileges()) {
    TRY_STATUS(answer.Put(Luid{privilege.number, 0}));
    TRY_STATUS(answer.Put(privilege.attributes));
  }
  return Status::kSuccess;
}

Status PutStatistics(Answer& answer, const Token& token) {
  constexpr u64 kNever = 0x7FFFFFFFFFFFFFFF;
  constexpr u32 kDynamicSize = 0x1000;
  return answer.Put(Statistics{.token_id = {token.id(), 0},
                               .authentication_id = kLogonLuid,
                               .expiration_time = kNever,
                               .type = u32(token.token_type()),
                               .impersonation_level = token.impersonation_level(),
                               .dynamic_charged = kDynamicSize,
                               .dynamic_available = kDynamicSize,
                               .group_count = u32(Token::Groups().size()),
                               .privilege_count = u32(token.privileges().size()),
                               .modified_id = {token.modified_id(), 0}});
}

Status Put(Answer& answer, const Token& token, u32 what) {
  switch (what) {
    case kUser:
      return PutSidAndAttributes(answer, Token::User(), 0);
    case kGroups:
      return PutGroups(answer, 0);
    case kLogonSid:
      return PutGroups(answer, kLogonIdAttribute);
    case kRestrictedSids:
      return answer.Put(u32(0));
    case kPrivileges:
      return PutPrivileges(answer, token);
    case kOwner:
      return PutPointed(answer, Token::Owner());
    case kPrimaryGroup:
      return PutPointed(answer, Token::PrimaryGroup());
    case kDefaultDacl: {
      Vector<u8> acl;
      TRY_STATUS(security::AppendDefaultAcl(kGenericAllMask, acl));
      return PutPointed(answer, acl.span());
    }
    case kSource:
      return answer.Put(SourceInformation{{'F', 'a', 'u', 'l', 't', 'l', 'i', 'n'}, kSystemLuid});
    case kType:
      return answer.Put(u32(token.token_type()));
    case kImpersonationLevel:
      if (token.token_type() != TokenType::kImpersonation) return Status::kInvalidInfoClass;
      return answer.Put(token.impersonation_level());
    case kStatistics:
      return PutStatistics(answer, token);
    case kOrigin:
      return answer.Put(kSystemLuid);
    case kSessionId:
      return answer.Put(kTheSession);
    case kElevationType:
      return answer.Put(kElevationTypeDefault);
    case kElevation:
      return answer.Put(u32(1));
    case kSandBoxInert:
    case kHasRestrictions:
    case kVirtualizationAllowed:
    case kVirtualizationEnabled:
    case kUiAccess:
    case kIsAppContainer:
      return answer.Put(u32(0));
    case kIntegrityLevel:
      return PutSidAndAttributes(answer, security::kHighIntegrity, kIntegrityAttributes);
    case kMandatoryPolicy:
      return answer.Put(kNoWriteUpAndNewProcessMin);
    default:
      return Status::kInvalidInfoClass;
  }
}

}  // namespace

Status NtQueryInformationToken(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const u32 access = what == kSource ? kTokenQuerySource : kTokenQuery;
  const RefPtr<Token> token = TRY(FindToken(call, call[0], access));
  Answer answer(out);
  TRY_STATUS(Put(answer, *token, what));
  return answer.Give(length, returned, Status::kBufferTooSmall);
}

}  // namespace fl::kernel
