// Access rights of object directories and symbolic links.
// Source: Microsoft Learn, NtOpenDirectoryObject, NtOpenSymbolicLinkObject.
#pragma once

#include "kernel/syscall/access_rights.h"

namespace fl::kernel {

inline constexpr u32 kDirectoryQuery = 0x0001;
inline constexpr u32 kDirectoryTraverse = 0x0002;
inline constexpr u32 kSymbolicLinkQuery = 0x0001;

inline constexpr GenericMapping kDirectoryMapping = {
    .read = 0x20003, .write = 0x2000C, .execute = 0x20003, .all = 0xF000F};
inline constexpr GenericMapping kSymbolicLinkMapping = {
    .read = 0x20001, .write = 0x20000, .execute = 0x20001, .all = 0xF0001};

}  // namespace fl::kernel
