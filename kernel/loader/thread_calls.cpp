// LoaderCall at a thread's beginning and end. See loader_call.h.
#include "kernel/base/format.h"
#include "kernel/kernel.h"
#include "kernel/loader/loader_call.h"
#include "kernel/loader/static_tls.h"

namespace fl::kernel {
namespace {

bool IsLast(const Thread& thread) {
  for (const Thread& other : thread.process()->threads()) {
    if (&other != &thread && !other.ending()) return false;
  }
  return true;
}

/// Takes up `task` with its lock.
Status Exit(Thread& thread, x86::TrapFrame& frame, LoaderTask task, u32 exit_status) {
  Process& process = *thread.process();
  if (process.modules().exiting) {
    // Told by a DLL that is being told of the end: it has had enough.
    if (task == LoaderTask::kExitProcess) process.Terminate(exit_status);
    thread.Terminate(exit_status);
    return Status::kSuccess;
  }
  LoaderCall* call = TRY(LoaderCall::BeginKept(thread, task, exit_status, frame));
  if (task == LoaderTask::kExitThread && IsLast(thread)) {
    call = TRY(LoaderCall::BeginKept(thread, LoaderTask::kExitProcess, exit_status, frame));
    task = LoaderTask::kExitProcess;
  }
  if (task == LoaderTask::kExitProcess) {
    process.modules().exiting = true;
    process.TerminateOtherThreads(thread, exit_status);
  }
  return call->Run(thread, frame);
}

}  // namespace

Status StartProgramCalls(Thread& thread) {
  ModuleList& modules = thread.process()->modules();
  LoaderCall* const call =
      TRY(LoaderCall::BeginKept(thread, LoaderTask::kStartProgram, 0, thread.user_frame()));
  TRY_STATUS(FillThreadTls(thread));
  TRY_STATUS(call->SetAttach(modules, *modules.program()));
  return call->Run(thread, thread.user_frame());
}

void StartThreadCalls(Thread& thread) {
  const Result<LoaderCall*> call =
      LoaderCall::BeginKept(thread, LoaderTask::kStartThread, 0, thread.user_frame());
  if (!call.ok()) return;  // The process is ending.
  const Status filled = FillThreadTls(thread);
  if (IsSuccess(filled)) {
    (void)(*call)->Run(thread, thread.user_frame());
    return;
  }
  Process& process = *thread.process();
  const std::string_view name = process.modules().program()->Name();
  char message[200];
  Format(message, "%.*s: a thread cannot have its static TLS (status 0x%08x)", int(name.size()),
         name.data(), Code(filled));
  TheKernel().host.ReportException({.message = message,
                                    .status = Code(filled),
                                    .process = process.id(),
                                    .has_access = false,
                                    .access = 0,
                                    .address = 0});
  process.Terminate(Code(filled));
}

Status ExitThreadCalls(Thread& thread, x86::TrapFrame& frame, u32 exit_status) {
  return Exit(thread, frame, LoaderTask::kExitThread, exit_status);
}

Status ExitProcessCalls(Thread& thread, x86::TrapFrame& frame, u32 exit_status) {
  return Exit(thread, frame, LoaderTask::kExitProcess, exit_status);
}

}  // namespace fl::kernel
