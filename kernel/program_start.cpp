// ProgramStart: see program_start.h.
#include "kernel/program_start.h"

#include <cstring>
#include <new>

#include "kernel/base/format.h"
#include "kernel/kernel.h"
#include "kernel/loader/link_session.h"
#include "kernel/loader/loader_call.h"
#include "kernel/nt/nt_start.h"
#include "kernel/paths.h"
#include "kernel/process_environment.h"
#include "kernel/trace.h"
#include "kernel/unicode.h"
#include "kernel/user_thread.h"

namespace fl::kernel {
namespace {

/// What creator and first thread share until the program runs or has failed; on the heap.
struct Starting {
  explicit Starting(ProgramRequest&& the_request) : request(std::move(the_request)) {}
  ProgramRequest request;
  LoadError error;
  bool done = false;
};

Result<LoadedModule*> LoadImages(Process& process, std::string_view path, LoadError& error) {
  // Off the kernel stack: it holds the linker's names.
  auto* session = new (std::nothrow) LinkSession(process, error);
  if (!session) return Status::kNoMemory;
  const Result<LoadedModule*> program = session->LoadProgram(path);
  delete session;
  return program;
}

/// What the program's images are, by the kernel's linker.
Result<ProgramImage> Link(Process& process, Starting& starting) {
  const ProgramRequest& request = starting.request;
  Vector<char> directory;
  TRY_STATUS(AppendUtf8(request.current_directory.span(), directory));
  std::string_view current({directory.data(), directory.size()});
  const Result<std::string_view> on_volume = VolumePath(current);
  current = on_volume.ok() ? *on_volume : std::string_view();
  while (!current.empty() && current.back() == '\\') current.remove_suffix(1);

  const std::string_view path(request.path.data(), request.path.size());
  TRY_STATUS(process.modules().search.Init(path, current));
  const LoadedModule* const program = TRY(LoadImages(process, path, starting.error));
  return ProgramImage{program->Layout(), program->Base(), {}};
}

/// The same for a program that NT's user mode links.
Result<ProgramImage> MapForUserMode(Process& process, UserMode& user_mode, Starting& starting) {
  const std::string_view path(starting.request.path.data(), starting.request.path.size());
  const NtImages images = TRY(MapNtImages(process, user_mode, path, starting.error));
  process.SetUserMode(&user_mode, images.ntdll);
  // The process' own list keeps the program's image, and so its layout.
  return ProgramImage{images.program->layout(), images.program->base(), images.api_sets};
}

Status Prepare(Thread& thread, Starting& starting) {
  Process& process = *thread.process();
  Kernel& kernel = TheKernel();
  TRY(process.space().MapView(*kernel.stubs,
                              {.base = kStubsBase, .protection = mm::kPageExecuteRead}));
  const ProgramImage program =
      TRY(kernel.user_mode ? MapForUserMode(process, *kernel.user_mode, starting)
                           : Link(process, starting));
  TRY_STATUS(BuildEnvironment(thread, starting.request, program));
  return process.user_mode() ? Status::kSuccess : StartProgramCalls(thread);
}

void RunProgram(void* argument) {
  Kernel& kernel = TheKernel();
  kernel.scheduler.FinishSwitch();
  Thread& thread = kernel.scheduler.current();
  auto& starting = *static_cast<Starting*>(argument);
  if (const Status status = Prepare(thread, starting); IsFailure(status)) {
    starting.error.status = status;
    if (starting.error.message[0] == 0) {
      Format(starting.error.message, "%.*s: cannot be started (status 0x%08x)",
             int(starting.request.path.size()), starting.request.path.data(), Code(status));
    }
    thread.process()->Terminate(Code(status));
  }
  TraceProcess(*thread.process());
  if (starting.request.suspended && !thread.ending()) (void)thread.Suspend();
  starting.done = true;
  kernel.scheduler.WakeAll(&starting);
  // `starting` is the creator's again.
  EnterUserMode(thread);
}

}  // namespace

Result<StartedProgram> StartProgram(ProgramRequest request, LoadError& error) {
  Kernel& kernel = TheKernel();
  const RefPtr<Process> process = TRY(Process::Create(request.parent_id));
  TRY_STATUS(process->image_path.Append(request.image_path.span()));
  process->handles() = std::move(request.handles);
  process->token = std::move(request.token);
  auto* starting = new (std::nothrow) Starting(std::move(request));
  if (!starting) return Status::kNoMemory;
  const auto thread = Thread::Create(kernel.system_space, process, RunProgram, starting);
  if (!thread.ok()) {
    delete starting;
    return thread.error();
  }
  kernel.scheduler.Start(*thread);
  while (!starting->done) kernel.scheduler.Sleep(starting);
  const Status status = starting->error.status;
  if (IsFailure(status)) error = starting->error;
  delete starting;
  if (IsFailure(status)) return status;
  return StartedProgram{process, *thread};
}

}  // namespace fl::kernel
