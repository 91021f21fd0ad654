// MountError: see mount_error.h.
#include "fs/mount_error.h"

#include "kernel/base/format.h"

namespace fl::fs {

std::string_view MountError::Format(std::span<char> out) const {
  if (!number) return fl::Format(out, "%s", reason);
  return fl::Format(out, "%s: %llu", reason, static_cast<unsigned long long>(*number));
}

Status Refuse(MountError* error, Status status, const char* reason, std::optional<u64> number) {
  if (error) *error = {reason, number};
  return status;
}

}  // namespace fl::fs
