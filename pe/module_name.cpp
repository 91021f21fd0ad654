// DLL names: see module_name.h.
#include "pe/module_name.h"

namespace fl::pe {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

}  // namespace

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

Result<std::string_view> CompleteDllName(std::string_view name, std::span<char> buffer) {
  bool has_extension = false;
  bool empty = true;
  for (const char c : name) {
    const bool separator = c == '\\' || c == '/';
    has_extension = !separator && (has_extension || c == '.');
    empty = separator || (empty && c == '.');
  }
  if (empty) return Status::kObjectNameInvalid;
  const std::string_view extension = has_extension ? "" : ".dll";
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() + extension.size() > buffer.size()) return Status::kNameTooLong;
  for (std::size_t i = 0; i < name.size(); ++i) buffer[i] = name[i];
  for (std::size_t i = 0; i < extension.size(); ++i) buffer[name.size() + i] = extension[i];
  return std::string_view(buffer.data(), name.size() + extension.size());
}

}  // namespace fl::pe
