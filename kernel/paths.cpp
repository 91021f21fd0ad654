// Paths: see paths.h.
#include "kernel/paths.h"

#include "pe/module_name.h"

namespace fl::kernel {

Result<std::string_view> VolumePath(std::string_view path) {
  if (path.empty()) return Status::kObjectNameInvalid;
  for (const std::string_view prefix : {"\\??\\", "\\DosDevices\\", "\\\\?\\"}) {
    if (path.size() >= prefix.size() &&
        pe::EqualIgnoringCase(path.substr(0, prefix.size()), prefix)) {
      path.remove_prefix(prefix.size());
      break;
    }
  }
  if (path.size() >= 2 && path[1] == ':') {
    if (path[0] != 'C' && path[0] != 'c') return Status::kObjectPathNotFound;
    path.remove_prefix(2);
  }
  while (!path.empty() && (path.front() == '\\' || path.front() == '/')) path.remove_prefix(1);
  return path;
}

}  // namespace fl::kernel
