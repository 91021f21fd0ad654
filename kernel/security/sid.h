// Sid: who somebody is, to NT: S-1-authority-number-number-...
// Source: Microsoft Learn, "SID Components", "Well-known SIDs".
#pragma once

#include <array>
#include <initializer_list>
#include <span>

#include "kernel/base/units.h"

namespace fl::security {

inline constexpr u32 kMostSubAuthorities = 15;
/// Revision, number of sub-authorities, authority.
inline constexpr u32 kSidHead = 8;

/// The bytes of a SID with `kCount` sub-authorities.
template <u32 kCount>
using SidBytes = std::array<u8, kSidHead + 4 * kCount>;

template <class... SubAuthorities>
constexpr SidBytes<sizeof...(SubAuthorities)> MakeSid(u8 authority, SubAuthorities... numbers) {
  SidBytes<sizeof...(SubAuthorities)> bytes{};
  bytes[0] = 1;
  bytes[1] = u8(sizeof...(SubAuthorities));
  bytes[7] = authority;
  u32 at = kSidHead;
  for (const u32 number : std::initializer_list<u32>{u32(numbers)...}) {
    for (u32 i = 0; i < 4; ++i) bytes[at++] = u8(number >> (8 * i));
  }
  return bytes;
}

using SidView = std::span<const u8>;

inline constexpr auto kEveryone = MakeSid(1, 0);
inline constexpr auto kLocal = MakeSid(2, 0);
inline constexpr auto kInteractive = MakeSid(5, 4);
inline constexpr auto kLogon = MakeSid(5, 5, 0, 1);
inline constexpr auto kAuthenticatedUsers = MakeSid(5, 11);
inline constexpr auto kSystem = MakeSid(5, 18);
inline constexpr auto kAdministrators = MakeSid(5, 32, 544);
inline constexpr auto kUsers = MakeSid(5, 32, 545);
inline constexpr auto kHighIntegrity = MakeSid(16, 0x3000);
/// The one user of this machine, and the group that all its users are in.
inline constexpr auto kTheUser = MakeSid(5, 21, 0, 0, 0, 1000);
inline constexpr auto kTheUsersGroup = MakeSid(5, 21, 0, 0, 0, 513);

}  // namespace fl::security
