// NamePattern: does a file's name match what a program looks for?
// Semantics:   NT's: `*` any number of characters, `?` one, and the three that DOS patterns become:
//              `<` any number up to the last dot, `>` one or none before a dot or at the end, `"` a dot or the end.
//              Case does not count.
// Source:      Microsoft Learn, FsRtlIsNameInExpression.
#pragma once

#include <span>

#include "kernel/base/units.h"

namespace fl::kernel {

/// Both in UTF-16. Time: length of the name times length of the pattern at most.
bool MatchesPattern(std::span<const char16_t> name, std::span<const char16_t> pattern);

}  // namespace fl::kernel
