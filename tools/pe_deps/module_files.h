// ModuleFiles: the files that a DLL's name may mean, in the order in which they are looked for: those
// beside the program, then those of the set that the guest's system directory is filled from.
// Invariant: names are compared as Windows compares them; keys are in lower case, with their extension.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fl::deps {

enum class Place { kBeside, kSet };

struct ModuleFile {
  std::filesystem::path path;
  Place place = Place::kBeside;
};

/// A DLL's name as Windows completes it, in lower case.
std::string CompleteName(std::string_view name);

class ModuleFiles {
 public:
  /// The first directory that has a name wins. One that cannot be read has none.
  void AddDirectory(const std::filesystem::path& directory, Place place);

  /// Null if there is none. `key` as CompleteName gives it.
  const ModuleFile* Find(const std::string& key) const;
  bool Has(const std::string& key, Place place) const;
  std::vector<std::string> KeysOf(Place place) const;

 private:
  std::map<std::string, ModuleFile> files_;
};

}  // namespace fl::deps
