// Token: who a process or thread acts for, and what that one may: here always the one administrator.
// Owns:        which privileges are there and which are enabled; all else is the same in every token.
// Lives:       a process' from the first question about it to the process' end; duplicates by their handles.
// Source:      Microsoft Learn, TOKEN_INFORMATION_CLASS, "Privilege Constants"; numbers of privileges as
//              published in the driver kit's headers (SE_*_PRIVILEGE).
#pragma once

#include "kernel/object.h"
#include "kernel/security/access_check.h"
#include "kernel/security/sid.h"

namespace fl::kernel {

enum class TokenType : u32 { kPrimary = 1, kImpersonation = 2 };

inline constexpr u32 kPrivilegeEnabledByDefault = 1;
inline constexpr u32 kPrivilegeEnabled = 2;
inline constexpr u32 kPrivilegeRemoved = 4;

struct Privilege {
  u32 number = 0;
  u32 attributes = 0;
};

struct Group {
  security::SidView sid;
  u32 attributes;
};

class Token final : public Object, public security::Subject {
 public:
  static constexpr ObjectType kType = ObjectType::kToken;
  static constexpr u32 kMostPrivileges = 24;
  static constexpr u32 kHighestImpersonationLevel = 3;

  /// The administrator's. Null: no memory.
  static RefPtr<Token> Create();
  /// The same privileges in the same state. Null: no memory.
  RefPtr<Token> Duplicate(TokenType type, u32 impersonation_level) const;

  TokenType token_type() const { return token_type_; }
  u32 impersonation_level() const { return impersonation_level_; }
  /// Each token's own, and new after each change.
  u32 id() const { return id_; }
  u32 modified_id() const { return modified_id_; }

  static security::SidView User() { return security::kTheUser; }
  static security::SidView Owner() { return security::kAdministrators; }
  static security::SidView PrimaryGroup() { return security::kTheUsersGroup; }
  static std::span<const Group> Groups();

  std::span<const Privilege> privileges() const { return {privileges_, privilege_count_}; }
  /// Null if it has none such.
  const Privilege* FindPrivilege(u32 number) const;
  bool HasEnabled(u32 privilege) const;
  /// `attributes`: kPrivilegeEnabled, kPrivilegeRemoved, or 0 to disable. It has it.
  void SetPrivilege(u32 number, u32 attributes);

  bool Is(security::Bytes sid) const override;
  bool MayTakeOwnership() const override;
  bool MayReadSacl() const override;

 private:
  Token(TokenType type, u32 impersonation_level);

  const TokenType token_type_;
  const u32 impersonation_level_;
  const u32 id_;
  u32 modified_id_;
  Privilege privileges_[kMostPrivileges];
  u32 privilege_count_ = 0;
};

}  // namespace fl::kernel
