// Names: see name.h.
#include "kernel/registry/name.h"

#include "fs/unicode.h"

namespace fl::registry {

int CompareNames(Name a, Name b) {
  const std::size_t shorter = a.size() < b.size() ? a.size() : b.size();
  for (std::size_t i = 0; i < shorter; ++i) {
    if (a[i] == b[i]) continue;
    const int difference = int(fs::UpperCase(a[i])) - int(fs::UpperCase(b[i]));
    if (difference != 0) return difference;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

Name TakeComponent(Name& path) {
  while (path.starts_with(u'\\')) path.remove_prefix(1);
  const std::size_t end = path.find(u'\\');
  const Name component = path.substr(0, end);
  path.remove_prefix(component.size());
  while (path.starts_with(u'\\')) path.remove_prefix(1);
  return component;
}

}  // namespace fl::registry
