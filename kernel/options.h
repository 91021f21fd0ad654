// Options: the kernel's command line: words NAME=VALUE, then "--" and the program's command line.
// Words without "=" are ignored: loaders put the kernel's own file name first.
#pragma once

#include <string_view>

#include "kernel/base/units.h"
#include "kernel/fail_spec.h"

namespace fl::kernel {

struct Options {
  bool host = false;     ///< runpe is at the other end of the host ports.
  bool trace = false;    ///< Report each fault.
  bool stats = false;    ///< Report statistics at the end.
  u32 bugcheck = 0;      ///< A Provocation, instead of running a program.
  bool poison = false;   ///< Fill freed frames, and see that nobody writes to them.
  bool nx = true;        ///< Use no-execute pages where the processor has them.
  bool monitor = false;  ///< Keys on COM1 are commands; see monitor.h.
  u32 seed = 0;          ///< Chooses the images' bases; 0: the preferred ones.
  u32 cluster = 0;       ///< Pages that one hard fault may read; 0: the default.
  FailSpec fail;         ///< What is to fail once the first program starts.
  u32 repeat = 1;        ///< Runs of the program, one after the other.
  u32 limit = 0;         ///< Milliseconds after which a run is ended; 0: never.
  bool sweep = false;    ///< Run the program with each `sweep_kind` failing in turn; see series.h.
  FailKind sweep_kind = FailKind::kDisk;
  bool sweep_and_after = false;  ///< sweep=KIND+: not one attempt, but all from it on.
  u32 wine_debug = 0;  ///< What Wine's DLLs tell the log: 1 fixme, 2 err, 4 warn, 8 trace.
  u32 trials = 0;      ///< Run so many programs, one after the other; see series.h.
  u32 from = 1;        ///< The first to fail in a sweep, or to be tried.
  u32 every = 1;       ///< And the step to the next.
  std::string_view
      entropy;  ///< Text that nobody can guess, for random bytes. Points into the input.
  std::string_view
      program;  ///< Command line; its first word is the program. Points into the input.
  std::string_view unknown;  ///< The first word that was not understood.
};

/// Never fails: what is not understood is named in `unknown`.
Options ParseOptions(std::string_view command_line);

}  // namespace fl::kernel
