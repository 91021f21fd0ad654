// Series: see series.h.
#include "kernel/series.h"

#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/nt/user_mode.h"
#include "kernel/registry_seed.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

constexpr const char* kEndNames[] = {"exit", "error", "timeout"};
/// A kernel that loses something in each run need not say so ten thousand times.
constexpr u32 kMostTold = 10;

/// `text` with the number in place of its first "{}".
std::string_view Numbered(std::string_view text, u32 number, std::span<char> out) {
  const std::size_t at = text.find("{}");
  if (at == text.npos) return text;
  const std::string_view rest = text.substr(at + 2);
  return Format(out, "%.*s%u%.*s", int(at), text.data(), number, int(rest.size()), rest.data());
}

}  // namespace

Series::Series(Kernel& kernel, FaultInjection& injection)
    : kernel_(kernel), injection_(injection), before_(TakeBalance(kernel.memory.frames, Heap())) {}

RunOutcome Series::RunOnce(std::string_view command_line) {
  const u64 start = x86::ReadCycles();
  const RunOutcome outcome = RunFirstProgram(kernel_, command_line, kernel_.options.limit);
  ForgetPrograms();
  counters_.last_cycles = x86::ReadCycles() - start;
  counters_.cycles += counters_.last_cycles;
  if (counters_.runs++ == 0) first_ = outcome;
  if (outcome.end != first_.end || outcome.status != first_.status) ++counters_.other_status;
  if (outcome.end == RunEnd::kTimedOut) ++counters_.timed_out;
  return outcome;
}

/// What the programs wrote is on the disk, or it is told that it is not.
void Series::WriteFilesBack() {
  Status status = kernel_.files.WriteBackAll();
  // A volume that nobody changed needs no request to the disk.
  if (IsSuccess(status) && kernel_.volume->Counters().data_sectors_written +
                                   kernel_.volume->Counters().metadata_sectors_written !=
                               0) {
    status = kernel_.volume->Flush();
  }
  if (IsSuccess(status)) return;
  Log(LogLevel::kError, "files could not be written to the disk (status 0x%08x)", Code(status));
  HostLine line(kernel_.host, HostStream::kReport);
  line->Field("event", "unwritten").Field("status", Code(status));
}

/// What programs left to each other while they ran: files that are not on the disk yet, images, and the registry as
/// they wrote it. Each run begins as the first did.
void Series::ForgetPrograms() {
  kernel_.images.DropKept();
  if (kernel_.user_mode) kernel_.user_mode->ForgetPrograms();
  const FaultInjection::Pause pause(injection_);
  WriteFilesBack();
  const Status restored = RestoreRegistry(kernel_);
  if (IsFailure(restored)) {
    Log(LogLevel::kError, "the registry's seed cannot be read again: 0x%x", Code(restored));
  }
}

RunOutcome Series::Repeat() {
  injection_.Arm(kernel_.options.fail);
  RunOutcome outcome;
  do {
    outcome = RunOnce(kernel_.options.program);
    const Balance now = TakeBalance(kernel_.memory.frames, Heap());
    if (now != before_) TellUnbalanced(now);
  } while (counters_.runs < kernel_.options.repeat);
  return outcome;
}

RunOutcome Series::Sweep() {
  const Options& options = kernel_.options;
  RunOutcome outcome;
  bool reached = true;
  for (u32 n = options.from; reached; n += options.every == 0 ? 1 : options.every) {
    FailSpec spec = options.fail;
    spec.of(options.sweep_kind) = {n == 0 ? 1 : n, options.sweep_and_after};
    kernel_.volume->DropCache();
    injection_.Arm(spec);
    outcome = RunAndTell(n, options.program);
    reached = injection_.point(options.sweep_kind).reached();
    injection_.Disarm();
    outcome = RunAndTell(0, options.program);
  }
  return outcome;
}

RunOutcome Series::Trials() {
  const Options& options = kernel_.options;
  RunOutcome outcome;
  injection_.Arm(options.fail);
  for (u32 i = 0; i < options.trials; ++i) {
    char line[512];
    outcome = RunAndTell(options.from + i, Numbered(options.program, options.from + i, line));
  }
  return outcome;
}

RunOutcome Series::RunAndTell(u32 n, std::string_view command_line) {
  HostLink& host = kernel_.host;
  HostLine(host, HostStream::kReport)->Field("event", "run_begin").Field("n", n);
  const u64 output = host.bytes_written(HostStream::kOutput);
  const u64 error = host.bytes_written(HostStream::kError);
  const RunOutcome outcome = RunOnce(command_line);
  Tell(n, outcome, output, error);
  return outcome;
}

void Series::Tell(u32 n, const RunOutcome& outcome, u64 output_before, u64 error_before) {
  const FailPoint& point = injection_.point(kernel_.options.sweep_kind);
  HostLink& host = kernel_.host;
  const Balance now = TakeBalance(kernel_.memory.frames, Heap());
  if (now != before_) ++counters_.unbalanced;
  HostLine line(host, HostStream::kReport);
  line->Field("event", "run").Field("n", n);
  line->Field("reached", point.reached()).Field("attempts", point.attempts());
  line->Field("outcome", kEndNames[u32(outcome.end)]).Field("status", outcome.status);
  if (outcome.end == RunEnd::kNotStarted) {
    line->Field("kind", outcome.error.kind).Field("message", outcome.error.message);
  }
  line->Field("output_bytes", host.bytes_written(HostStream::kOutput) - output_before);
  line->Field("error_bytes", host.bytes_written(HostStream::kError) - error_before);
  line->Field("cycles", counters_.last_cycles);
  line->Key("left").BeginObject();
  PutDifference(*line, before_, now);
  line->EndObject();
}

void Series::TellUnbalanced(const Balance& now) {
  if (++counters_.unbalanced > kMostTold) return;
  char when[32];
  Format(when, "after run %u", counters_.runs);
  LogDifference(when, before_, now);
  HostLine line(kernel_.host, HostStream::kReport);
  line->Field("event", "unbalanced").Field("run", counters_.runs);
  line->Key("left").BeginObject();
  PutDifference(*line, before_, now);
  line->EndObject();
}

}  // namespace fl::kernel
