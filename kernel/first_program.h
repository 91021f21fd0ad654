// FirstProgram: the program that the kernel's command line names, from its start to the end of all that it
// started.
#pragma once

#include "kernel/kernel.h"
#include "kernel/loader/load_error.h"

namespace fl::kernel {

enum class RunEnd : u8 { kExited, kNotStarted, kTimedOut };

struct RunOutcome {
  RunEnd end = RunEnd::kExited;
  u32 status = 0;  ///< The exit status, or why it could not be started.
  LoadError error;
};

/// Runs the program of `command_line` once. When it has ended, processes that it left running are ended
/// too, so that nothing runs afterwards. `limit`: milliseconds, 0 for none; a program that takes longer is
/// ended.
RunOutcome RunFirstProgram(Kernel& kernel, std::string_view command_line, u32 limit);

}  // namespace fl::kernel
