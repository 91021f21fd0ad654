// ProgramStart: a new process from a path: its first thread loads the images, lays out what user mode
// expects to find (stack, TEB, PEB, parameters), and enters the program.
// Layout:      what NT and Wine's ntdll keep at the documented offsets; see process_environment.h.
#pragma once

#include "kernel/loader/load_error.h"
#include "kernel/process.h"

namespace fl::kernel {

struct ProgramRequest {
  Vector<char> path;            ///< On the volume, see paths.h.
  Vector<char16_t> image_path;  ///< As the program will see it, "C:\\dir\\a.exe".
  Vector<char16_t> command_line;
  Vector<char16_t> current_directory;  ///< With a backslash at its end.
  Vector<char16_t> environment;        ///< Strings, each with its zero, and one zero more.
  RefPtr<Object> standard[3];          ///< Input, output, error; null for none.
  u32 parent_id = 0;
  bool suspended = false;  ///< Its first thread waits to be resumed.
};

struct StartedProgram {
  RefPtr<Process> process;
  RefPtr<Thread> thread;
};

/// Returns when the program is about to run, or could not be loaded (`error` says why, and no process is
/// left). Sleeps meanwhile.
Result<StartedProgram> StartProgram(ProgramRequest request, LoadError& error);

}  // namespace fl::kernel
