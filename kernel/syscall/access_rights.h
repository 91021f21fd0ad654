// Access rights: bits of an access mask that more than one family of system calls looks at.
// Source: Microsoft Learn, "Access Mask Format", "File Access Rights Constants".
#pragma once

#include "kernel/base/units.h"

namespace fl::kernel {

inline constexpr u32 kDelete = 0x00010000;
inline constexpr u32 kReadControl = 0x00020000;
inline constexpr u32 kWriteDac = 0x00040000;
inline constexpr u32 kWriteOwner = 0x00080000;
inline constexpr u32 kAccessSystemSecurity = 0x01000000;
inline constexpr u32 kSynchronize = 0x00100000;
inline constexpr u32 kMaximumAllowed = 0x02000000;
inline constexpr u32 kGenericAll = 0x10000000;
inline constexpr u32 kGenericExecute = 0x20000000;
inline constexpr u32 kGenericWrite = 0x40000000;
inline constexpr u32 kGenericRead = 0x80000000;
inline constexpr u32 kFileReadData = 0x0001;

/// What the generic rights stand for with one type of object.
struct GenericMapping {
  u32 read, write, execute, all;
};
/// What is granted to who asks for `wanted`: all of it, for nothing here has an owner yet.
constexpr u32 GrantedAccess(u32 wanted, const GenericMapping& mapping) {
  u32 granted = wanted & mapping.all;
  if ((wanted & kGenericRead) != 0) granted |= mapping.read;
  if ((wanted & kGenericWrite) != 0) granted |= mapping.write;
  if ((wanted & kGenericExecute) != 0) granted |= mapping.execute;
  if ((wanted & (kGenericAll | kMaximumAllowed)) != 0) granted |= mapping.all;
  return granted;
}

}  // namespace fl::kernel
