// Paths as volume.h has them, cut into names that an entry can have.
#pragma once

#include <string_view>

#include "kernel/base/vector.h"

namespace fl::fs::fat {

/// The components of `path` that are left when "." and ".." have had their effect, without dots and
/// spaces at their ends. kObjectNameInvalid.
Result<Vector<std::string_view>> SplitPath(std::string_view path);

/// A separator at the end says that a directory is meant.
bool MeansDirectory(std::string_view path);

}  // namespace fl::fs::fat
