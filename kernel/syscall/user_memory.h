// User memory: the only way in which system calls touch what programs point to.
// Invariants:  every range is checked against user space first; every copy may fault, sleep and fail. An
//              output is probed before the call does anything, so that a bad pointer fails the call and not
//              its answer.
// The rule:    fetch once, check the copy, use the copy. Other threads of the program write to its memory
//              while a call runs: whatever is fetched a second time is another value. So a structure is
//              captured whole by one copy, or each of its fields by one; a length that was checked is the one
//              that is used; and no call reads back what it has written.
// Statuses:    kAccessViolation outside user space, else what the fault said.
#pragma once

#include <type_traits>
#include <utility>

#include "kernel/base/result.h"
#include "kernel/base/vector.h"

namespace fl::kernel {

Status CopyFromUser(void* to, u32 address, u32 size);
Status CopyToUser(u32 address, const void* from, u32 size);
Status ReadUserWord(u32* to, u32 address);
Status WriteUserWord(u32 address, u32 value);
/// Makes sure that every page of the range can be read, or written, now.
Status ProbeForRead(u32 address, u32 size);
Status ProbeForWrite(u32 address, u32 size);

template <class T>
Result<T> ReadUser(u32 address) {
  static_assert(std::is_trivially_copyable_v<T>);
  T value;
  if constexpr (std::is_same_v<T, u32>) {
    TRY_STATUS(ReadUserWord(&value, address));
  } else {
    TRY_STATUS(CopyFromUser(&value, address, sizeof(T)));
  }
  return value;
}
template <class T>
Status WriteUser(u32 address, const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  if constexpr (std::is_same_v<T, u32>) {
    return WriteUserWord(address, value);
  } else {
    return CopyToUser(address, &value, sizeof(T));
  }
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
/// What calls want to know of OBJECT_ATTRIBUTES; a null pointer means no name. kInvalidParameter for a
/// wrong length.
struct CapturedAttributes {
  u32 root_directory = 0;
  u32 attributes = 0;  ///< OBJ_*.
  Vector<char> name;   ///< UTF-8; empty if there is none.
  /// Those that a handle keeps: OBJ_INHERIT.
  u8 ForHandle() const { return attributes & 2; }
};
Result<CapturedAttributes> CaptureAttributes(u32 object_attributes);
/// The same with the name as it is in the program.
struct CapturedUtf16Attributes {
  u32 root_directory = 0;
  u32 attributes = 0;
  Vector<char16_t> name;
  u8 ForHandle() const { return attributes & 2; }
};
Result<CapturedUtf16Attributes> CaptureUtf16Attributes(u32 object_attributes);
/// CaptureAttributes, of which only the name counts.
Result<Vector<char>> ReadObjectName(u32 object_attributes);

}  // namespace fl::kernel
