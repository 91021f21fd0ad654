// System calls: tokens: opening, duplicating and changing them. What they say: nt_token_query.cpp.
// Semantics:   OpenProcessToken, DuplicateTokenEx, AdjustTokenPrivileges (Microsoft Learn) and phnt.
#include "kernel/syscall/answer.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/new_handle.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/token_handle.h"

namespace fl::kernel {
namespace {

constexpr u32 kMostAdjusted = 256;

/// LUID_AND_ATTRIBUTES
struct LuidAndAttributes {
  u32 low, high, attributes;
};

/// SECURITY_QUALITY_OF_SERVICE
struct QualityOfService {
  u32 length, impersonation_level;
  u8 tracking_mode, effective_only;
  u16 padding;
};
static_assert(sizeof(QualityOfService) == 12);

Status Insert(const SystemCall& call, const RefPtr<Token>& token, u32 access, u32 attributes,
              u32 handle_pointer) {
  return TRY(NewHandle::Insert(call, token, GrantedAccess(access, kTokenMapping),
                               u8(attributes & kHandleInherit)))
      .Deliver(handle_pointer);
}

Status OpenOfProcess(const SystemCall& call, u32 attributes, u32 handle_pointer) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryInformation));
  return Insert(call, TRY(TokenOf(*process)), call[1], attributes, handle_pointer);
}

Status OpenOfThread(const SystemCall& call, u32 attributes, u32 handle_pointer) {
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadQueryInformation));
  const RefPtr<Token> token = TokenOf(*thread);
  if (!token) return Status::kNoToken;
  return Insert(call, token, call[1], attributes, handle_pointer);
}

/// From the OBJECT_ATTRIBUTES of a call that makes an impersonation token. Where they say nothing: `instead`,
/// the argument that is NT's EffectiveOnly and that Wine 8's kernelbase has the level in.
Result<u32> ReadImpersonationLevel(u32 object_attributes, u32 instead) {
  ObjectAttributes attributes;
  if (object_attributes != 0) attributes = TRY(ReadUser<ObjectAttributes>(object_attributes));
  if (attributes.security_quality_of_service == 0) {
    return instead <= Token::kHighestImpersonationLevel
               ? Result<u32>(instead)
               : Result<u32>(Status::kBadImpersonationLevel);
  }
  const QualityOfService quality =
      TRY(ReadUser<QualityOfService>(attributes.security_quality_of_service));
  if (quality.impersonation_level > Token::kHighestImpersonationLevel) {
    return Status::kBadImpersonationLevel;
  }
  return quality.impersonation_level;
}

/// What an adjustment would change, and is there anything that the token does not have?
struct Changes {
  Vector<Privilege> list;
  bool all_assigned = true;
};

Status AddChange(Changes& changes, const Token& token, u32 number, u32 attributes) {
  const Privilege* const has = token.FindPrivilege(number);
  if (!has) {
    changes.all_assigned = false;
    return Status::kSuccess;
  }
  const bool removed = (attributes & kPrivilegeRemoved) != 0;
  const bool same = ((has->attributes ^ attributes) & kPrivilegeEnabled) == 0;
  if (same && !removed) return Status::kSuccess;
  for (Privilege& before : changes.list) {
    if (before.number != number) continue;
    before.attributes = attributes;
    return Status::kSuccess;
  }
  return changes.list.Push({number, attributes});
}

Result<Changes> ReadChanges(const Token& token, u32 state_pointer) {
  const u32 count = TRY(ReadUser<u32>(state_pointer));
  if (count > kMostAdjusted) return Status::kInvalidParameter;
  Changes changes;
  for (u32 i = 0; i < count; ++i) {
    const u32 at = state_pointer + 4 + i * u32(sizeof(LuidAndAttributes));
    const LuidAndAttributes entry = TRY(ReadUser<LuidAndAttributes>(at));
    TRY_STATUS(AddChange(changes, token, entry.high == 0 ? entry.low : 0, entry.attributes));
  }
  return changes;
}

Result<Changes> DisableAll(const Token& token) {
  Changes changes;
  for (const Privilege& privilege : token.privileges()) {
    TRY_STATUS(AddChange(changes, token, privilege.number, 0));
  }
  return changes;
}

/// TOKEN_PRIVILEGES: those that are changed, as they are now.
Status PutPrevious(Answer& answer, const Token& token, const Changes& changes) {
  TRY_STATUS(answer.Put(changes.list.size()));
  for (const Privilege& change : changes.list) {
    // The token may have lost it since; then there is nothing left to tell.
    const Privilege* const now = token.FindPrivilege(change.number);
    TRY_STATUS(answer.Put(LuidAndAttributes{change.number, 0, now ? now->attributes : 0}));
  }
  return Status::kSuccess;
}

}  // namespace

Status SetImpersonation(const SystemCall& call, u32 thread_handle, u32 token_handle) {
  const RefPtr<Thread> thread = TRY(FindThread(call, thread_handle, kThreadSetToken));
  RefPtr<Token> token;
  if (token_handle != 0) {
    token = TRY(call.process.handles().FindAs<Token>(token_handle, kTokenImpersonate));
    if (token->token_type() != TokenType::kImpersonation) return Status::kBadTokenType;
  }
  if (!thread->process()) return Status::kThreadIsTerminating;
  thread->impersonation = token;
  return Status::kSuccess;
}

Status NtOpenProcessToken(const SystemCall& call) { return OpenOfProcess(call, 0, call[2]); }
Status NtOpenProcessTokenEx(const SystemCall& call) {
  return OpenOfProcess(call, call[2], call[3]);
}
Status NtOpenThreadToken(const SystemCall& call) { return OpenOfThread(call, 0, call[3]); }
Status NtOpenThreadTokenEx(const SystemCall& call) { return OpenOfThread(call, call[3], call[4]); }

Status NtDuplicateToken(const SystemCall& call) {
  const u32 type = call[4], handle_pointer = call[5];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (type != u32(TokenType::kPrimary) && type != u32(TokenType::kImpersonation)) {
    return Status::kInvalidParameter;
  }
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const u32 level = TRY(ReadImpersonationLevel(call[2], call[3]));
  const RefPtr<Token> source = TRY(FindToken(call, call[0], kTokenDuplicate));
  const bool from_impersonation = source->token_type() == TokenType::kImpersonation;
  if (from_impersonation && level > source->impersonation_level()) {
    return Status::kBadImpersonationLevel;
  }
  const RefPtr<Token> token = source->Duplicate(TokenType(type), level);
  if (!token) return Status::kNoMemory;
  // No access named means the same access.
  u32 access = call[1];
  if (access == 0) access = TRY(call.process.handles().Find(call[0])).access;
  return Insert(call, token, access, attributes.attributes, handle_pointer);
}

Status NtAdjustPrivilegesToken(const SystemCall& call) {
  const bool disable_all = (call[1] & 0xFF) != 0;
  const u32 state_pointer = call[2], length = call[3], previous = call[4], returned = call[5];
  if (!disable_all && state_pointer == 0) return Status::kInvalidParameter;
  if (previous) {
    TRY_STATUS(ProbeForWrite(previous, length));
    TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  }
  const RefPtr<Token> token =
      TRY(FindToken(call, call[0], kTokenAdjustPrivileges | (previous ? kTokenQuery : 0)));
  const Changes changes =
      TRY(disable_all ? DisableAll(*token) : ReadChanges(*token, state_pointer));
  if (previous) {
    Answer answer(previous);
    TRY_STATUS(PutPrevious(answer, *token, changes));
    TRY_STATUS(answer.Give(length, returned, Status::kBufferTooSmall));
  }
  for (const Privilege& change : changes.list) {
    // Copying may have slept, and another thread have removed it.
    if (token->FindPrivilege(change.number)) {
      token->SetPrivilege(change.number, change.attributes);
    }
  }
  return changes.all_assigned ? Status::kSuccess : Status::kNotAllAssigned;
}

Status NtPrivilegeCheck(const SystemCall& call) {
  constexpr u32 kAllNecessary = 1;            // PRIVILEGE_SET_ALL_NECESSARY
  constexpr u32 kUsedForAccess = 0x80000000;  // SE_PRIVILEGE_USED_FOR_ACCESS
  constexpr u32 kIdentification = 1;
  struct Head {
    u32 count, control;
  };
  const u32 set_pointer = call[1], result_pointer = call[2];
  TRY_STATUS(ProbeForWrite(result_pointer, sizeof(u8)));
  const RefPtr<Token> token = TRY(FindToken(call, call[0], kTokenQuery));
  if (token->token_type() == TokenType::kImpersonation &&
      token->impersonation_level() < kIdentification) {
    return Status::kBadImpersonationLevel;
  }
  const Head head = TRY(ReadInOut<Head>(set_pointer));
  if (head.count > kMostAdjusted) return Status::kInvalidParameter;
  u32 held = 0;
  for (u32 i = 0; i < head.count; ++i) {
    const u32 at = set_pointer + u32(sizeof(Head) + i * sizeof(LuidAndAttributes));
    LuidAndAttributes entry = TRY(ReadInOut<LuidAndAttributes>(at));
    if (entry.high != 0 || !token->HasEnabled(entry.low)) continue;
    ++held;
    entry.attributes |= kUsedForAccess;
    TRY_STATUS(WriteUser(at, entry));
  }
  const bool all = (head.control & kAllNecessary) != 0;
  return WriteUser(result_pointer, u8(all ? held == head.count : held != 0));
}

}  // namespace fl::kernel
