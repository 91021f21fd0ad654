// PS_ATTRIBUTE_LIST: what NtCreateUserProcess and NtCreateThreadEx are told beside their arguments, and where
// they write what their caller wants to know.
// Source: phnt's ntpsapi.h: u32 total, then entries of {attribute, size, value, return length}.
#pragma once

#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

class Thread;

struct PsAttribute {
  u32 attribute;
  u32 size;
  u32 value;
  u32 return_length;
};
static_assert(sizeof(PsAttribute) == 16);

inline constexpr u32 kAttributeClientId = 0x10003;
inline constexpr u32 kAttributeTebAddress = 0x10004;
inline constexpr u32 kAttributeImageName = 0x20005;
inline constexpr u32 kAttributeImageInfo = 0x00006;
inline constexpr u32 kAttributeHandleList = 0x2000B;
inline constexpr u32 kAttributeParentProcess = 0x60000;
inline constexpr u32 kAttributeDebugPort = 0x60001;
inline constexpr u32 kAttributeToken = 0x60002;

/// How many entries the list at `address` has. kInvalidParameter.
Result<u32> PsAttributeCount(u32 address);
Result<PsAttribute> ReadPsAttribute(u32 address, u32 index);
/// An attribute that asks for something to be written: where to. Kept writable from now on only by the
/// program's good will. kInvalidParameter if there is not room for `size` bytes.
Result<u32> ProbeOutput(const PsAttribute& attribute, u32 size);

/// The numbers of a thread and its process, for who asked for them by an attribute; 0: nobody.
Status TellClientId(u32 pointer, const Thread& thread);

struct ThreadAttributes {
  u32 client_id = 0;    ///< Where to write it; 0: nowhere.
  u32 teb_address = 0;  ///< The same.
};
/// Attributes that are not known are passed over.
Result<ThreadAttributes> ReadThreadAttributes(u32 list);

}  // namespace fl::kernel
