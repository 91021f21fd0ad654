// ModuleFiles: see module_files.h.
#include "tools/pe_deps/module_files.h"

#include "pe/module_name.h"

namespace fl::deps {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string CompleteName(std::string_view name) {
  std::vector<char> buffer(name.size() + 4);
  const auto complete = pe::CompleteDllName(name, buffer);
  return Lower(complete.ok() ? *complete : name);
}

void ModuleFiles::AddDirectory(const std::filesystem::path& directory, Place place) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    files_.try_emplace(Lower(entry.path().filename().string()), entry.path(), place);
  }
}

const ModuleFile* ModuleFiles::Find(const std::string& key) const {
  const auto found = files_.find(key);
  return found == files_.end() ? nullptr : &found->second;
}

bool ModuleFiles::Has(const std::string& key, Place place) const {
  const ModuleFile* file = Find(key);
  return file && file->place == place;
}

std::vector<std::string> ModuleFiles::KeysOf(Place place) const {
  std::vector<std::string> keys;
  for (const auto& [key, file] : files_) {
    if (file.place == place) keys.push_back(key);
  }
  return keys;
}

}  // namespace fl::deps
