// How Windows compares and completes the names of DLLs.
#pragma once

#include <span>
#include <string_view>

#include "kernel/base/result.h"

namespace fl::pe {

/// Letters A to Z match a to z; other bytes match themselves.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

/// `name` with ".dll" appended if its last component has no extension; a trailing dot means "none,
/// and leave it so" and is dropped. The result lies in `buffer`. kObjectNameInvalid if the name is
/// empty, kNameTooLong if it does not fit.
Result<std::string_view> CompleteDllName(std::string_view name, std::span<char> buffer);

}  // namespace fl::pe
