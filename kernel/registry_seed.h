// RegistrySeed: the registry as the machine starts: what a file on the volume says.
#pragma once

#include "kernel/base/status.h"

namespace fl::kernel {

struct Kernel;

/// Reads C:\windows\registry.txt (see registry/text.h); without it there is no key but the root, and none can be made.
/// Lines that are not understood are named in the kernel's log. kNoMemory, kRegistryQuotaLimit, or the disk's
/// failure.
Status SeedRegistry(Kernel& kernel);
/// Makes it again what it was then. No program runs that has a key.
Status RestoreRegistry(Kernel& kernel);

}  // namespace fl::kernel
