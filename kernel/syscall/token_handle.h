// TokenHandle: the token that a system call names: a handle, or what stands for the caller's own.
#pragma once

#include "kernel/kernel.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/token_rights.h"
#include "kernel/token.h"

namespace fl::kernel {

inline constexpr u32 kProcessToken = 0xFFFFFFFC;
inline constexpr u32 kThreadToken = 0xFFFFFFFB;
inline constexpr u32 kEffectiveToken = 0xFFFFFFFA;

/// The process' own, made when it is first asked for. kNoMemory.
inline Result<RefPtr<Token>> TokenOf(Process& process) {
  if (!process.token) process.token = Token::Create();
  if (!process.token) return Status::kNoMemory;
  return RefPtr<Token>(static_cast<Token*>(process.token.get()));
}
/// What the thread acts with instead; null if it does not.
inline RefPtr<Token> TokenOf(const Thread& thread) {
  return RefPtr<Token>(static_cast<Token*>(thread.impersonation.get()));
}

/// kInvalidHandle, kObjectTypeMismatch, kAccessDenied, kNoToken, kNoMemory.
inline Result<RefPtr<Token>> FindToken(const SystemCall& call, u32 handle, u32 access) {
  if (handle < kEffectiveToken || handle > kProcessToken) {
    return call.process.handles().FindAs<Token>(handle, access);
  }
  // By these, tokens can be looked at only.
  if ((access & ~(kTokenQuery | kTokenQuerySource)) != 0) return Status::kAccessDenied;
  RefPtr<Token> token;
  if (handle != kProcessToken) token = TokenOf(TheKernel().scheduler.current());
  if (token) return token;
  if (handle == kThreadToken) return Status::kNoToken;
  return TokenOf(call.process);
}

/// The thread acts with that token from now on; 0: with its process' again. kBadTokenType, and those of handles.
Status SetImpersonation(const SystemCall& call, u32 thread_handle, u32 token_handle);

}  // namespace fl::kernel
