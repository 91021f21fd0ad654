// Access rights of registry keys.
// Source: Microsoft Learn, "Registry Key Security and Access Rights".
#pragma once

#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

inline constexpr u32 kKeyQueryValue = 0x0001;
inline constexpr u32 kKeySetValue = 0x0002;
inline constexpr u32 kKeyCreateSubKey = 0x0004;
inline constexpr u32 kKeyEnumerateSubKeys = 0x0008;
inline constexpr u32 kKeyNotify = 0x0010;

inline constexpr GenericMapping kKeyMapping = {
    .read = 0x20019, .write = 0x20006, .execute = 0x20019, .all = 0xF003F};

}  // namespace fl::kernel
