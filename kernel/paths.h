// Paths: from the names that programs use to names on the volume.
// The one volume is drive C:. A volume path is relative to its root, without a leading backslash.
#pragma once

#include <string_view>

#include "kernel/base/result.h"

namespace fl::kernel {

/// `\??\C:\dir\file`, `\DosDevices\C:\...`, `C:\dir\file` and `\dir\file` as `dir\file`; anything without a
/// drive is taken from the root. kObjectPathNotFound for another drive, kObjectNameInvalid for an empty name.
Result<std::string_view> VolumePath(std::string_view path);

}  // namespace fl::kernel
