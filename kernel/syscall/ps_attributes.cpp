// PS_ATTRIBUTE_LIST: see ps_attributes.h.
#include "kernel/syscall/ps_attributes.h"

#include "kernel/process.h"

namespace fl::kernel {
namespace {

constexpr u32 kMaxAttributes = 64;

}  // namespace

Result<u32> PsAttributeCount(u32 address) {
  const u32 total = TRY(ReadUser<u32>(address));
  if (total < 4 || (total - 4) % sizeof(PsAttribute) != 0) return Status::kInvalidParameter;
  const u32 count = (total - 4) / sizeof(PsAttribute);
  if (count > kMaxAttributes) return Status::kInvalidParameter;
  return count;
}

Result<PsAttribute> ReadPsAttribute(u32 address, u32 index) {
  return ReadUser<PsAttribute>(address + 4 + index * u32(sizeof(PsAttribute)));
}

Result<u32> ProbeOutput(const PsAttribute& attribute, u32 size) {
  if (attribute.size < size) return Status::kInvalidParameter;
  TRY_STATUS(ProbeForWrite(attribute.value, size));
  return attribute.value;
}

Status TellClientId(u32 pointer, const Thread& thread) {
  if (pointer == 0) return Status::kSuccess;
  TRY_STATUS(WriteUser(pointer, thread.process_id()));
  return WriteUser(pointer + 4, thread.id());
}

Result<ThreadAttributes> ReadThreadAttributes(u32 list) {
  ThreadAttributes result;
  const u32 count = TRY(PsAttributeCount(list));
  for (u32 i = 0; i < count; ++i) {
    const PsAttribute attribute = TRY(ReadPsAttribute(list, i));
    if (attribute.attribute == kAttributeClientId) {
      result.client_id = TRY(ProbeOutput(attribute, 2 * sizeof(u32)));
    } else if (attribute.attribute == kAttributeTebAddress) {
      result.teb_address = TRY(ProbeOutput(attribute, sizeof(u32)));
    }
  }
  return result;
}

}  // namespace fl::kernel
