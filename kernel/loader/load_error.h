// LoadError: why a program or a DLL could not be loaded, for a person and for runpe.
#pragma once

#include <string_view>

#include "pe/link_error.h"
#include "pe/parse_error.h"

namespace fl::kernel {

struct LoadError {
  const char* kind = "other";  ///< See START_ERRORS in tools/lib/runpe.py.
  Status status = Status::kSuccess;
  char message[480] = {};

  /// Fills all three; returns `status`.
  Status Fail(const char* kind, Status status, const char* format, ...)
      __attribute__((format(printf, 4, 5)));
  /// The file `name` cannot become an image.
  Status FailImage(std::string_view name, Status status, const pe::ParseError& parse_error);
  /// `parse_error`: of the DLL that could not be used.
  Status FailLinking(const pe::LinkError& link_error, Status status,
                     const pe::ParseError& parse_error);
};

}  // namespace fl::kernel
