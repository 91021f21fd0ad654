// Paths: see path.h.
#include "fs/fat/path.h"

#include "fs/fat/directory.h"
#include "fs/unicode.h"

namespace fl::fs::fat {
namespace {

bool IsSeparator(char c) { return c == '\\' || c == '/'; }

/// Could a file have this name at all?
Status CheckComponent(std::string_view component) {
  if (component.empty()) return Status::kObjectNameInvalid;
  u32 units = 0;
  while (!component.empty()) {
    const std::optional<u32> c = TakeUtf8(component);
    if (!c || IsForbiddenInName(*c)) return Status::kObjectNameInvalid;
    units += *c < 0x10000 ? 1 : 2;
  }
  return units <= kMaxNameUnits ? Status::kSuccess : Status::kObjectNameInvalid;
}

}  // namespace

Result<Vector<std::string_view>> SplitPath(std::string_view path) {
  Vector<std::string_view> components;
  while (!path.empty()) {
    std::size_t length = 0;
    while (length < path.size() && !IsSeparator(path[length])) ++length;
    std::string_view component = path.substr(0, length);
    path.remove_prefix(length < path.size() ? length + 1 : length);
    if (component.empty() || component == ".") continue;
    if (component == "..") {
      if (!components.empty()) components.Pop();
      continue;
    }
    while (!component.empty() && (component.back() == '.' || component.back() == ' ')) {
      component.remove_suffix(1);
    }
    TRY_STATUS(CheckComponent(component));
    TRY_STATUS(components.Push(component));
  }
  return components;
}

bool MeansDirectory(std::string_view path) { return !path.empty() && IsSeparator(path.back()); }

}  // namespace fl::fs::fat
