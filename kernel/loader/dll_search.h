// DllSearch: where a DLL's file is, from the name that a program gives it.
// Search:      NT's order: the program's directory, the system directory, the current directory; or the
//              directories of a search path that the caller brings. A name with a directory in it is a path.
// Invariants:  paths are on the volume, UTF-8, without a leading backslash (paths.h).
#pragma once

#include <string_view>

#include "fs/volume.h"
#include "kernel/base/vector.h"

namespace fl::kernel {

class DllSearch {
 public:
  /// `program` is the program's own path. kNoMemory.
  Status Init(std::string_view program, std::string_view current_directory);

  /// `name` has its extension. `path`: directories with ';' between them, as programs write them; empty for
  /// the usual ones. kDllNotFound; what the volume says for a file that is there. May sleep.
  Result<RefPtr<fs::File>> Find(std::string_view name, std::string_view path) const;

 private:
  Result<RefPtr<fs::File>> Open(std::string_view directory, std::string_view name) const;

  Vector<char> program_directory_;
  Vector<char> current_directory_;
};

/// Does the volume say so of a file that is not there, rather than of trouble with the disk?
bool IsNotFound(Status status);
/// Has the name a directory or a drive in it?
bool IsPath(std::string_view name);

}  // namespace fl::kernel
