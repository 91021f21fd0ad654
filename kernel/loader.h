// Loader: from a program's path to its images mapped in its process, linked by the kernel.
// Invariants:  nothing of an image is read here but what its headers, exports and imports need, through
//              views in system space; the import slots themselves are bound when their pages come in.
//              A failure leaves the process with what was mapped; ending it gives that back.
// Search:      NT's order for a DLL: the program's directory, the system directory, the current directory.
//              A DLL is one file by identity, however it was named.
#pragma once

#include "kernel/process.h"

namespace fl::kernel {

/// Why a program could not be started, for a person and for runpe (see START_ERRORS in tools/lib/runpe.py).
struct LoadError {
  const char* kind = "other";
  Status status = Status::kSuccess;
  char message[480] = {};
};

struct LoadedProgram {
  VirtAddr entry;
  RefPtr<mm::ImageSection> image;
};

/// `path` and `current_directory` are relative to the volume's root, UTF-8, without leading backslash. Must
/// run in a thread of `process`. May sleep.
Result<LoadedProgram> LoadProgram(Process& process, std::string_view path,
                                  std::string_view current_directory, LoadError& error);

}  // namespace fl::kernel
