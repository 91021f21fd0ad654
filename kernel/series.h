// Series: runs of a program in one boot, with a look at the balance after each: every frame, promised page
// and block of the heap that a run took must be back.
//   Repeat  fail=SPEC holds for the whole series; counting starts where the first run starts.
//   Sweep   run n has the n-th attempt of one kind fail (or that and all later ones), n = from,
//           from + every, ..., until a run in which nothing was left to fail. Each is preceded by dropping
//           what is cached of the disk, so that it is read again, and followed by a clean run on what the
//           failure left in the caches.
//   Trials  runs different programs: "{}" in the command line is the run's number, from, from + 1, ...
// The host is told of each run of a sweep and of each trial: {"event":"run_begin"} and {"event":"run"} with
// how it ended, how many bytes it wrote to each stream, and what it left behind; of a repeated run only if
// the latter is not nothing.
#pragma once

#include "kernel/balance.h"
#include "kernel/fault_injection.h"
#include "kernel/first_program.h"

namespace fl::kernel {

struct SeriesCounters {
  u32 runs = 0;
  u32 unbalanced = 0;    ///< Left something behind.
  u32 other_status = 0;  ///< Ended unlike the first one.
  u32 timed_out = 0;
  u64 cycles = 0;
  u64 last_cycles = 0;  ///< Of the last run.
};

class Series {
 public:
  /// Takes the balance that runs are compared with: no program has run.
  Series(Kernel& kernel, FaultInjection& injection);

  /// Each returns the outcome of the last run.
  RunOutcome Repeat();
  RunOutcome Sweep();
  RunOutcome Trials();

  const Balance& before() const { return before_; }
  const SeriesCounters& counters() const { return counters_; }
  const FaultInjection& injection() const { return injection_; }

 private:
  void WriteFilesBack();
  void ForgetPrograms();
  RunOutcome RunOnce(std::string_view command_line);
  RunOutcome RunAndTell(u32 n, std::string_view command_line);
  void Tell(u32 n, const RunOutcome& outcome, u64 output_before, u64 error_before);
  void TellUnbalanced(const Balance& now);

  Kernel& kernel_;
  FaultInjection& injection_;
  const Balance before_;
  SeriesCounters counters_;
  RunOutcome first_;
};

}  // namespace fl::kernel
