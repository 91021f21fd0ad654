// ProgramStart: a new process from a path: its first thread loads the images, lays out what user mode
// expects to find (stack, TEB, PEB, parameters), and enters the program.
// Layout:      what NT and Wine's ntdll keep at the documented offsets; see process_environment.h.
#pragma once

#include "kernel/loader/load_error.h"
#include "kernel/process.h"

namespace fl::kernel {

/// ConsoleHandle: there is none, and the standard handles are files or pipes.
inline constexpr u32 kNoConsole = u32(-4);

/// What a creator tells that is not the kernel's business; the program's start-up code reads it.
struct StartupInformation {
  static constexpr u32 kNumbers = 9;
  u32 console = kNoConsole, console_flags = 0;
  u32 numbers[kNumbers] = {0, 0, 0, 0, 0, 0, 0, 0, 1};  ///< dwX to wShowWindow.
  Vector<char16_t> dll_path, window_title, desktop, shell;
  Vector<u8> runtime;  ///< Bytes from one C library to another.
};

struct ProgramRequest {
  Vector<char> path;            ///< On the volume, see paths.h.
  Vector<char16_t> image_path;  ///< As the program will see it, "C:\\dir\\a.exe".
  Vector<char16_t> command_line;
  Vector<char16_t> current_directory;  ///< With a backslash at its end.
  Vector<char16_t> environment;        ///< Strings, each with its zero, and one zero more.
  HandleTable handles;                 ///< What it begins with,
  u32 standard[3] = {};                ///< of these input, output, error; 0 for none.
  StartupInformation startup;
  RefPtr<Object> token;  ///< What it may do; null: what everybody may.
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
