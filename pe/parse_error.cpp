// ParseError: see parse_error.h.
#include "pe/parse_error.h"

#include "kernel/base/format.h"

namespace fl::pe {

std::string_view ParseError::Format(std::span<char> out) const {
  if (!number) return fl::Format(out, "%s", reason);
  return fl::Format(out, "%s: 0x%x", reason, *number);
}

Status Malformed(ParseError* error, const char* reason, std::optional<u32> number) {
  if (error) *error = {ParseError::Kind::kMalformed, reason, number};
  return Status::kInvalidImageFormat;
}

}  // namespace fl::pe
