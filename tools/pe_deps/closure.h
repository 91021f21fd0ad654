// Closure: everything that a program needs to start, and what it may need later.
//
// Needed: what is imported, directly or through another DLL, and the targets of forwarders that those
// imports meet. Late: what is delay-loaded, what the program's own modules speak of by name, what is
// known to be loaded at run time, and what those need in turn. A file that is needed and missing keeps
// the program from starting; one that is only late may be missing or broken.
//
// With a set (module_files.h) the program is one that user mode links: names of API sets are looked up
// in the set's apisetschema.dll, and what ntdll always loads is needed.
#pragma once

#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pe/api_set.h"
#include "pe/image_file_source.h"
#include "pe/imports.h"
#include "tools/pe_deps/module_files.h"

namespace fl::deps {

constexpr int kExitOther = 1;
constexpr int kExitNotPe = 3;
constexpr int kExitWrongMachine = 4;

struct Request {
  std::filesystem::path program;
  std::vector<std::string> system_names;      ///< What the system provides: never looked for.
  std::vector<std::filesystem::path> beside;  ///< Directories besides the program's own.
  std::vector<std::filesystem::path> set;     ///< Directories of the set.
  std::vector<std::string> load;              ///< More that is needed.
  bool all = false;                           ///< All of the set.
};

class Closure {
 public:
  explicit Closure(Request request);
  ~Closure();

  /// Prints the lines that pe_deps.cpp tells of; returns the exit status.
  int Walk();

 private:
  struct Image;
  struct Wanted {
    std::string key;
    std::string needed_by;
  };

  void StartWithSystem();
  void OpenApiSets(const Image& schema);
  void VisitQueue();
  void Visit(Image& image);
  void WantLater(const char* file, bool wanted, const Image& by);
  void VisitImports(Image& image);
  void VisitDelayed(Image& image);
  void VisitDll(Image& image, const pe::ImportTable& imports, const pe::ImportedDll& dll);
  void FollowForwarders(Image& image, const pe::ImportedSymbol& symbol, Image* exporter);

  Image* Open(const std::string& key, const std::filesystem::path& path, Place place);
  /// The image that `name` names, null if there is none.
  Image* FindDll(std::string_view name, const std::string& needed_by);
  std::optional<std::string> ThroughApiSets(const std::string& key, const std::string& importer);
  void SayMissing(const std::string& key, const std::string& needed_by);
  void PrintPath(const ModuleFile& file);
  void Fail(const std::filesystem::path& path, const char* what, int exit_status);

  Request request_;
  Place program_place_ = Place::kBeside;
  ModuleFiles files_;
  std::set<std::string> system_names_;
  std::set<std::string> missing_;
  std::set<std::string> printed_;
  std::map<std::string, std::unique_ptr<Image>> images_;
  std::deque<Image*> queue_;
  std::vector<Wanted> late_;
  std::optional<pe::ApiSetMap> api_sets_;
  bool is_late_ = false;
  int exit_status_ = 0;
};

}  // namespace fl::deps
