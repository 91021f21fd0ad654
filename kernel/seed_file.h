// SeedFile: files under C:\windows that the machine starts from: the registry's, the environment's.
#pragma once

#include <string_view>

#include "kernel/base/vector.h"

namespace fl::kernel {

struct Kernel;

/// All of the file's bytes, at most 1 MiB; `path` is the volume's. False: there is no such file. kSectionTooBig,
/// kFileIsADirectory, kNoMemory, or the disk's failure.
Result<bool> ReadSeedFile(Kernel& kernel, std::string_view path, Vector<char>& text);

}  // namespace fl::kernel
