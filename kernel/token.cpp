// Token: see token.h.
#include "kernel/token.h"

#include <algorithm>
#include <new>

namespace fl::kernel {
namespace {

enum PrivilegeNumber : u32 {
  kSecurity = 8,
  kTakeOwnership = 9,
};
constexpr u32 kOn = kPrivilegeEnabled | kPrivilegeEnabledByDefault;
// An administrator's on Windows 10.
constexpr Privilege kPrivileges[] = {
    {5, 0},               // Increase quota.
    {kSecurity, 0},       //
    {kTakeOwnership, 0},  //
    {10, 0},              // Load driver.
    {11, 0},              // System profile.
    {12, 0},              // System time.
    {13, 0},              // Profile single process.
    {14, 0},              // Increase base priority.
    {15, 0},              // Create page file.
    {17, 0},              // Back-up.
    {18, 0},              // Restore.
    {19, 0},              // Shut-down.
    {20, 0},              // Debug.
    {22, 0},              // System environment.
    {23, kOn},            // Change notify.
    {24, 0},              // Remote shut-down.
    {25, 0},              // Undock.
    {28, 0},              // Manage volume.
    {29, kOn},            // Impersonate.
    {30, kOn},            // Create global.
    {33, 0},              // Increase working set.
    {34, 0},              // Time zone.
    {35, 0},              // Create symbolic link.
};
static_assert(std::size(kPrivileges) <= Token::kMostPrivileges);

// SE_GROUP_*: mandatory, enabled by default, enabled; owner; logon identifier.
constexpr u32 kMember = 0x7;
constexpr u32 kMayOwn = 0x8;
constexpr u32 kLogonId = 0xC0000000;
constexpr Group kGroups[] = {
    {security::kTheUsersGroup, kMember},
    {security::kEveryone, kMember},
    {security::kAdministrators, kMember | kMayOwn},
    {security::kUsers, kMember},
    {security::kInteractive, kMember},
    {security::kAuthenticatedUsers, kMember},
    {security::kLogon, kMember | kLogonId},
    {security::kLocal, kMember},
};

u32 last_id = 0x10000;

}  // namespace

Token::Token(TokenType type, u32 impersonation_level)
    : Object(kType),
      token_type_(type),
      impersonation_level_(impersonation_level),
      id_(++last_id),
      modified_id_(id_) {}

RefPtr<Token> Token::Create() {
  auto token = AdoptRef(new (std::nothrow) Token(TokenType::kPrimary, 0));
  if (!token) return nullptr;
  for (const Privilege& privilege : kPrivileges) {
    token->privileges_[token->privilege_count_++] = privilege;
  }
  return token;
}

RefPtr<Token> Token::Duplicate(TokenType type, u32 impersonation_level) const {
  auto token = AdoptRef(new (std::nothrow) Token(type, impersonation_level));
  if (!token) return nullptr;
  std::copy_n(privileges_, privilege_count_, token->privileges_);
  token->privilege_count_ = privilege_count_;
  return token;
}

std::span<const Group> Token::Groups() { return kGroups; }

const Privilege* Token::FindPrivilege(u32 number) const {
  for (const Privilege& privilege : privileges()) {
    if (privilege.number == number) return &privilege;
  }
  return nullptr;
}

bool Token::HasEnabled(u32 privilege) const {
  const Privilege* const found = FindPrivilege(privilege);
  return found && (found->attributes & kPrivilegeEnabled) != 0;
}

void Token::SetPrivilege(u32 number, u32 attributes) {
  const Privilege* const found = FindPrivilege(number);
  KASSERT(found);
  Privilege* const privilege = &privileges_[found - privileges_];
  if ((attributes & kPrivilegeRemoved) != 0) {
    std::copy(privilege + 1, privileges_ + privilege_count_, privilege);
    --privilege_count_;
  } else {
    privilege->attributes =
        (privilege->attributes & ~kPrivilegeEnabled) | (attributes & kPrivilegeEnabled);
  }
  modified_id_ = ++last_id;
}

bool Token::Is(security::Bytes sid) const {
  const auto same = [&](security::SidView own) { return std::ranges::equal(own, sid); };
  return same(User()) ||
         std::ranges::any_of(Groups(), [&](const Group& group) { return same(group.sid); });
}

bool Token::MayTakeOwnership() const { return HasEnabled(kTakeOwnership); }
bool Token::MayReadSacl() const { return HasEnabled(kSecurity); }

}  // namespace fl::kernel
