// NtStart: what a program of NT's user mode finds mapped when its first thread begins: itself, ntdll, the API
// set map, the page of times. Nothing else is loaded; ntdll does that.
// Invariants:  an image lies where its section's pages were relocated to, and its header says so: nobody
//              relocates it once more. A program that cannot move is tried at its own base alone.
#pragma once

#include "kernel/loader/load_error.h"
#include "kernel/nt/user_mode.h"
#include "kernel/process.h"

namespace fl::kernel {

struct NtImages {
  RefPtr<mm::ImageSection> program;
  VirtAddr ntdll;     ///< Its base here.
  VirtAddr api_sets;  ///< Where the map lies; null: there is none.
};

/// In the current process, which is empty. `path` on the volume. May sleep.
Result<NtImages> MapNtImages(Process& process, UserMode& user_mode, std::string_view path,
                             LoadError& error);

}  // namespace fl::kernel
