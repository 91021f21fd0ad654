// User memory: see user_memory.h.
#include "kernel/syscall/user_memory.h"

#include "kernel/base/checked_math.h"
#include "kernel/unicode.h"
#include "kernel/x86/user_copy.h"

namespace fl::kernel {
namespace {

// NT's MmUserProbeAddress: the 64 KiB below the kernel belong to nobody.
constexpr u32 kUserProbeAddress = 0x7FFF0000;

Status CheckRange(u32 address, u32 size) {
  return FitsWithin(address, size, kUserProbeAddress) ? Status::kSuccess : Status::kAccessViolation;
}

void* Pointer(u32 address) { return reinterpret_cast<void*>(address); }

enum class Probe { kRead, kWrite };

Status ProbePages(u32 address, u32 size, Probe probe) {
  if (size == 0) return Status::kSuccess;
  TRY_STATUS(CheckRange(address, size));
  const u32 last = address + size - 1;
  for (u32 at = address;;) {
    u8 byte = 0;
    TRY_STATUS(x86::CopySafely(&byte, Pointer(at), 1));
    if (probe == Probe::kWrite) TRY_STATUS(x86::CopySafely(Pointer(at), &byte, 1));
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

Status ProbeForWrite(u32 address, u32 size) { return ProbePages(address, size, Probe::kWrite); }
Status ProbeForRead(u32 address, u32 size) { return ProbePages(address, size, Probe::kRead); }

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

Result<Vector<char>> ReadObjectName(u32 object_attributes) {
  if (object_attributes == 0) return Vector<char>();
  const ObjectAttributes attributes = TRY(ReadUser<ObjectAttributes>(object_attributes));
  return ReadObjectName(attributes);
}

Result<Vector<char>> ReadObjectName(const ObjectAttributes& attributes) {
  Vector<char> name;
  if (attributes.length != sizeof(ObjectAttributes)) return Status::kInvalidParameter;
  if (attributes.object_name == 0) return name;
  const Vector<char16_t> text = TRY(ReadUnicodeString(attributes.object_name));
  TRY_STATUS(AppendUtf8(text.span(), name));
  return name;
}

}  // namespace fl::kernel
