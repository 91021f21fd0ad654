// FirstProgram: see first_program.h.
#include "kernel/first_program.h"

#include "kernel/base/format.h"
#include "kernel/environment_seed.h"
#include "kernel/paths.h"
#include "kernel/program_start.h"
#include "kernel/unicode.h"
#include "kernel/wait.h"

namespace fl::kernel {
namespace {

constexpr u32 kAllAccess = 0x1F01FF;  // FILE_ALL_ACCESS

/// The program's path: the first word of the command line, which quotation marks may hold together.
std::string_view ProgramWord(std::string_view command_line) {
  if (command_line.starts_with('"')) {
    command_line.remove_prefix(1);
    return command_line.substr(0, command_line.find('"'));
  }
  return command_line.substr(0, command_line.find(' '));
}

Result<ProgramRequest> FirstRequest(Kernel& kernel, std::string_view command_line,
                                    LoadError& error) {
  ProgramRequest request;
  const Result<std::string_view> path = VolumePath(ProgramWord(command_line));
  if (!path.ok()) {
    error.kind = "no_such_file";
    Format(error.message, "the kernel's command line names no program");
    return path.error();
  }
  TRY_STATUS(request.path.Append(*path));
  TRY_STATUS(AppendUtf16("C:\\", request.image_path));
  TRY_STATUS(AppendUtf16(*path, request.image_path));
  TRY_STATUS(AppendUtf16(command_line, request.command_line));
  TRY_STATUS(AppendUtf16("C:\\", request.current_directory));
  TRY_STATUS(AppendEnvironment(kernel, request.environment));
  const RefPtr<Object> streams[3] = {kernel.input, kernel.output, kernel.error};
  for (u32 i = 0; i < 3; ++i) {
    request.standard[i] = TRY(request.handles.Insert(streams[i], kAllAccess, kHandleInherit));
  }
  TRY_STATUS(request.startup.window_title.Append(request.image_path.span()));
  return request;
}

/// Children may outlive the first program; the machine does not wait for them.
void EndOtherProcesses(Kernel& kernel) {
  for (Process& process : kernel.processes) process.Terminate(Code(Status::kProcessIsTerminating));
  while (!kernel.processes.empty()) kernel.scheduler.Sleep(&kernel.processes);
}

/// False: the time was up.
bool WaitFor(Kernel& kernel, Process& process, u32 limit) {
  Scheduler& scheduler = kernel.scheduler;
  const u64 deadline = limit == 0 ? kNever : scheduler.now() + (u64(limit) + 1) * kMillisecond;
  return scheduler.WaitFor(process, deadline) == Status::kSuccess;
}

Result<StartedProgram> Start(Kernel& kernel, std::string_view command_line, LoadError& error) {
  return StartProgram(TRY(FirstRequest(kernel, command_line, error)), error);
}

RunOutcome StartAndWait(Kernel& kernel, std::string_view command_line, u32 limit) {
  RunOutcome outcome;
  const Result<StartedProgram> started = Start(kernel, command_line, outcome.error);
  if (!started.ok()) {
    outcome.end = RunEnd::kNotStarted;
    outcome.status = Code(started.error());
    if (outcome.error.message[0] == 0) {
      Format(outcome.error.message, "the program cannot be started (status 0x%08x)",
             outcome.status);
    }
    return outcome;
  }
  Process& process = *started->process;
  if (!WaitFor(kernel, process, limit)) {
    outcome.end = RunEnd::kTimedOut;
    process.Terminate(Code(Status::kTimeout));
  }
  outcome.status = process.exit_status();
  return outcome;
}

}  // namespace

RunOutcome RunFirstProgram(Kernel& kernel, std::string_view command_line, u32 limit) {
  const RunOutcome outcome = StartAndWait(kernel, command_line, limit);
  EndOtherProcesses(kernel);
  return outcome;
}

}  // namespace fl::kernel
