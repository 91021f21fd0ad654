// EnvironmentSeed: the variables that the first program starts with.
#pragma once

#include "kernel/base/vector.h"

namespace fl::kernel {

struct Kernel;

/// Appends the block: NAME=VALUE, each ended by a zero, and a zero behind the last. It says what
/// C:\windows\environment.txt says, else the least that Windows programs rely on. In the file a line is NAME=VALUE, the
/// last one of a name counts (names have no case), a variable without a value is none, a line that begins with # is a
/// comment, and one that is neither is named in the kernel's log. kNoMemory, or why the file cannot be read.
Status AppendEnvironment(Kernel& kernel, Vector<char16_t>& block);

}  // namespace fl::kernel
