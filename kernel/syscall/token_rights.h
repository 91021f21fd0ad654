// Access rights of tokens.
// Source: Microsoft Learn, "Access Rights for Access-Token Objects".
#pragma once

#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

inline constexpr u32 kTokenAssignPrimary = 0x0001;
inline constexpr u32 kTokenDuplicate = 0x0002;
inline constexpr u32 kTokenImpersonate = 0x0004;
inline constexpr u32 kTokenQuery = 0x0008;
inline constexpr u32 kTokenQuerySource = 0x0010;
inline constexpr u32 kTokenAdjustPrivileges = 0x0020;

inline constexpr GenericMapping kTokenMapping = {
    .read = 0x20008, .write = 0x200E0, .execute = 0x20000, .all = 0xF01FF};

}  // namespace fl::kernel
