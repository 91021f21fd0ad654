// Names of keys and values: UTF-16, compared without regard to case, as NT does: unit by unit.
#pragma once

#include <string_view>

#include "kernel/base/units.h"

namespace fl::registry {

using Name = std::u16string_view;

/// Before 0: `a` comes first in the order of keys; 0: the same name.
int CompareNames(Name a, Name b);

/// Takes the first component off the front of `path`, and the backslashes around it; empty at the end.
Name TakeComponent(Name& path);

}  // namespace fl::registry
