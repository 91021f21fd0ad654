// User memory: the only way in which system calls touch what programs point to.
// Invariants:  every range is checked against user space first; every copy may fault, sleep and fail; a value
//              is fetched once. An output is probed (read and written back) before the call does anything, so
//              that a bad pointer fails the call and not its answer.
// Statuses:    kAccessViolation outside user space, else what the fault said.
#pragma once

#include <type_traits>

#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::kernel {

Status CopyFromUser(void* to, u32 address, u32 size);
Status CopyToUser(u32 address, const void* from, u32 size);
/// Makes sure that every page of the range can be written now.
Status ProbeForWrite(u32 address, u32 size);
/// Makes sure that every page of the range can be read now.
Status ProbeForRead(u32 address, u32 size);

template <class T>
Result<T> ReadUser(u32 address) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  TRY_STATUS(CopyFromUser(&value, address, sizeof(T)));
  return value;
}
template <class T>
Status WriteUser(u32 address, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return CopyToUser(address, &value, sizeof(T));
}
/// An argument that points to a value that the call reads and later overwrites.
template <class T>
Result<T> ReadInOut(u32 address) {
  TRY_STATUS(ProbeForWrite(address, sizeof(T)));
  return ReadUser<T>(address);
}

struct UserUnicodeString {
  u16 length = 0;  ///< Bytes.
  u16 maximum_length = 0;
  u32 buffer = 0;
};

struct ObjectAttributes {
  u32 length = 0;
  u32 root_directory = 0;
  u32 object_name = 0;
  u32 attributes = 0;
  u32 security_descriptor = 0;
  u32 security_quality_of_service = 0;
};

struct IoStatusBlock {
  u32 status = 0;
  u32 information = 0;
};

/// The text of a UNICODE_STRING. kInvalidParameter for an odd length, kNoMemory.
Result<Vector<char16_t>> ReadUnicodeString(u32 address);
Result<Vector<char16_t>> ReadUnicodeString(const UserUnicodeString& string);
/// The name in OBJECT_ATTRIBUTES as UTF-8; empty if there is none. kInvalidParameter for a wrong length.
Result<Vector<char>> ReadObjectName(u32 object_attributes);
Result<Vector<char>> ReadObjectName(const ObjectAttributes& attributes);

}  // namespace fl::kernel
