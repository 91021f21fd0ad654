// User memory: see user_memory.h.
#include "kernel/syscall/user_memory.h"

#include "kernel/base/checked_math.h"
#include "kernel/unicode.h"
#include "kernel/x86/user_copy.h"

namespace fl::kernel {
namespace {

// NT's MmUserProbeAddress: the 64 KiB below the kernel belong to nobody.
constexpr u32 kUserProbeAddress = 0x7FFF0000;

/// Nothing is nowhere: as on NT, a length of 0 makes any address good.
Status CheckRange(u32 address, u32 size) {
  const bool good = size == 0 || FitsWithin(address, size, kUserProbeAddress);
  return good ? Status::kSuccess : Status::kAccessViolation;
}

// By way of uintptr_t: tests of this file run where pointers are wider.
void* Pointer(u32 address) { return reinterpret_cast<void*>(std::uintptr_t(address)); }

/// Touches a byte of each page of the range.
template <class Touch>
Status ProbePages(u32 address, u32 size, Touch touch) {
  if (size == 0) return Status::kSuccess;
  TRY_STATUS(CheckRange(address, size));
  const u32 last = address + size - 1;
  for (u32 at = address;;) {
    TRY_STATUS(touch(Pointer(at)));
    if (AlignDown(at, kPageSize) == AlignDown(last, kPageSize)) break;
    at = AlignDown(at, kPageSize) + kPageSize;
  }
  return Status::kSuccess;
}

}  // namespace

Status CopyFromUser(void* to, u32 address, u32 size) {
  TRY_STATUS(CheckRange(address, size));
  return x86::CopySafely(to, Pointer(address), size);
}

Status CopyToUser(u32 address, const void* from, u32 size) {
  TRY_STATUS(CheckRange(address, size));
  return x86::CopySafely(Pointer(address), from, size);
}

Status ReadUserWord(u32* to, u32 address) {
  TRY_STATUS(CheckRange(address, sizeof(*to)));
  return x86::ReadWordSafely(to, Pointer(address));
}

Status WriteUserWord(u32 address, u32 value) {
  TRY_STATUS(CheckRange(address, sizeof(value)));
  return x86::WriteWordSafely(Pointer(address), value);
}

Status ProbeForRead(u32 address, u32 size) {
  std::byte byte;
  return ProbePages(address, size, [&byte](void* at) { return x86::CopySafely(&byte, at, 1); });
}

Status ProbeForWrite(u32 address, u32 size) {
  return ProbePages(address, size, [](void* at) { return x86::ProbeSafely(at); });
}

Result<Vector<char16_t>> ReadUnicodeString(const UserUnicodeString& string) {
  if (string.length % 2 != 0) return Status::kInvalidParameter;
  Vector<char16_t> text;
  TRY_STATUS(text.Resize(string.length / 2));
  TRY_STATUS(CopyFromUser(text.data(), string.buffer, string.length));
  return text;
}

Result<Vector<char16_t>> ReadUnicodeString(u32 address) {
  const UserUnicodeString string = TRY(ReadUser<UserUnicodeString>(address));
  return ReadUnicodeString(string);
}

Result<CapturedUtf16Attributes> CaptureUtf16Attributes(u32 object_attributes) {
  CapturedUtf16Attributes captured;
  if (object_attributes == 0) return captured;
  const ObjectAttributes attributes = TRY(ReadUser<ObjectAttributes>(object_attributes));
  if (attributes.length != sizeof(ObjectAttributes)) return Status::kInvalidParameter;
  captured.root_directory = attributes.root_directory;
  captured.attributes = attributes.attributes;
  if (attributes.object_name == 0) return captured;
  captured.name = TRY(ReadUnicodeString(attributes.object_name));
  return captured;
}

Result<CapturedAttributes> CaptureAttributes(u32 object_attributes) {
  const CapturedUtf16Attributes raw = TRY(CaptureUtf16Attributes(object_attributes));
  CapturedAttributes captured;
  captured.root_directory = raw.root_directory;
  captured.attributes = raw.attributes;
  TRY_STATUS(AppendUtf8(raw.name.span(), captured.name));
  return captured;
}

Result<Vector<char>> ReadObjectName(u32 object_attributes) {
  CapturedAttributes captured = TRY(CaptureAttributes(object_attributes));
  return std::move(captured.name);
}

}  // namespace fl::kernel
