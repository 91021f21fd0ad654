// LoaderCall, its steps: whose routines come next, what their results mean, what is left at the end.
#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/loader/link_session.h"
#include "kernel/loader/loader_call.h"
#include "kernel/loader/static_tls.h"
#include "kernel/program_start.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

// What DllMain is called for.
constexpr u32 kProcessDetach = 0;
constexpr u32 kProcessAttach = 1;
constexpr u32 kThreadAttach = 2;
constexpr u32 kThreadDetach = 3;

void Erase(Vector<LoadedModule*>& modules, const LoadedModule* module) {
  for (u32 i = 0; i < modules.size(); ++i) {
    if (modules[i] == module) return modules.Remove(i);
  }
}

/// NT's process would end with a message box here.
void EndProcessAtStart(Process& process, const LoadedModule& module, Status status) {
  const std::string_view program = process.modules().program()->Name();
  const std::string_view name = module.Name();
  char message[256];
  Format(message,
         "%.*s: %.*s did not initialise: its DllMain failed (STATUS_DLL_INIT_FAILED 0x%08x)",
         int(program.size()), program.data(), int(name.size()), name.data(), Code(status));
  TheKernel().host.ReportException({.message = message,
                                    .status = Code(status),
                                    .process = process.id(),
                                    .has_access = false,
                                    .access = 0,
                                    .address = 0});
  process.Terminate(Code(status));
}

}  // namespace

Status LoaderCall::SetAttach(ModuleList& modules, LoadedModule& root) {
  SetRoot(&root);
  modules.MarkFrom(root);
  for (const auto& module : modules.all()) {
    if (!module->marked) continue;
    if (module->state == ModuleState::kFailed) return Status::kDllInitFailed;
    if (module->state == ModuleState::kLinked) TRY_STATUS(attach_.Push(module));
  }
  return Status::kSuccess;
}

void LoaderCall::Fail(Status status) {
  status_ = status;
  // What the failed call brought is kept by nothing any more.
  if (task_ == LoaderTask::kLoad && root_) root_->GiveBackLoad();
  if (task_ == LoaderTask::kFindSymbol && root_) {
    for (const auto& module : attach_) Erase(root_->needs, module.get());
  }
  phase_ = Phase::kDoom;
}

/// A module to tell of a thread or of the end: it was attached, and wants to hear.
LoadedModule* LoaderCall::NextToTell(ModuleList& modules) const {
  const bool of_thread = phase_ == Phase::kTellThread;
  u32 order = last_order_;
  for (;;) {
    LoadedModule* const module = GoesUp() ? modules.After(order) : modules.Before(order);
    if (!module) return nullptr;
    order = module->order;
    if (module->is_program || module->state != ModuleState::kAttached) continue;
    if (of_thread && !module->thread_calls) continue;
    return module;
  }
}

/// Sets module_ and reason_, or returns false: this phase is through.
bool LoaderCall::NextModule(ModuleList& modules) {
  LoadedModule* next = nullptr;
  switch (phase_) {
    case Phase::kAttach:
      while (!next && next_attach_ < attach_.size()) {
        // A routine may have loaded, and so attached, what this call wanted to attach.
        LoadedModule* const module = attach_[next_attach_++].get();
        if (module->state == ModuleState::kLinked) {
          module->state = ModuleState::kAttaching;
          module->started = true;
          next = module;
        } else if (module->state == ModuleState::kFailed) {
          next = module;
        }
      }
      if (!next) return false;
      reason_ = kProcessAttach;
      break;
    case Phase::kDetach:
      for (u32 order = last_order_; !next;) {
        LoadedModule* const module = modules.Before(order);
        if (!module) return false;
        order = module->order;
        if (module->doomed_by == this && module->started) next = module;
      }
      last_order_ = next->order;
      reason_ = kProcessDetach;
      break;
    case Phase::kTellThread:
    case Phase::kTellExit:
      if (told_program_) return false;
      next = NextToTell(modules);
      if (!next) {
        next = modules.program();
        told_program_ = true;
      }
      last_order_ = next->order;
      reason_ = phase_ == Phase::kTellExit ? kProcessDetach
                : GoesUp()                 ? kThreadAttach
                                           : kThreadDetach;
      break;
    default:
      return false;
  }
  module_ = RefPtr<LoadedModule>(next);
  next_callback_ = 0;
  callbacks_done_ = next->tls.callbacks == 0;
  in_entry_ = false;
  return true;
}

/// The next routine of module_; 0: there is none more.
Result<u32> LoaderCall::NextRoutine() {
  if (!callbacks_done_) {
    const u32 callback = TRY(ReadUser<u32>(module_->tls.callbacks + 4 * next_callback_++));
    if (callback != 0) return callback;
    callbacks_done_ = true;
  }
  if (in_entry_ || module_->Entry() == 0) return 0u;
  in_entry_ = true;
  return module_->Entry();
}

void LoaderCall::TakeResult(Thread& thread, u32 result) {
  in_routine_ = false;
  if (!module_ || !in_entry_ || reason_ != kProcessAttach || result != 0) return;
  AttachFailed(*thread.process(), Status::kDllInitFailed);
}

void LoaderCall::AttachFailed(Process& process, Status status) {
  const RefPtr<LoadedModule> module = std::move(module_);
  module->state = ModuleState::kFailed;
  if (task_ == LoaderTask::kStartProgram) {
    EndProcessAtStart(process, *module, status);
    phase_ = Phase::kEnd;
  } else {
    Log(LogLevel::kInfo, "%.*s did not initialise (status 0x%08x)", int(module->Name().size()),
        module->Name().data(), Code(status));
    Fail(status);
  }
}

void LoaderCall::EndModule() {
  const RefPtr<LoadedModule> module = std::move(module_);
  if (phase_ == Phase::kAttach) module->state = ModuleState::kAttached;
}

void LoaderCall::RemoveDoomed(Process& process) {
  ModuleList& modules = process.modules();
  while (LoadedModule* const module = modules.FindDoomed(this)) {
    const RefPtr<LoadedModule> keep(module);
    ForgetTls(process, *module);
    UnmapModule(process, *module);
    modules.Remove(*module);
  }
}

void LoaderCall::NextPhase(Process& process) {
  switch (phase_) {
    case Phase::kAttach:
      phase_ = task_ == LoaderTask::kStartProgram ? Phase::kEnd : Phase::kGiveResult;
      break;
    case Phase::kGiveResult: {
      const Status written = WriteUser(out_address_, out_value_);
      if (IsFailure(written)) {
        Fail(written);
      } else {
        phase_ = Phase::kDoom;
      }
      break;
    }
    case Phase::kDoom:
      last_order_ = ~0u;
      phase_ = process.modules().Doom(this) ? Phase::kDetach : Phase::kEnd;
      break;
    case Phase::kDetach:
      RemoveDoomed(process);
      // They may have kept others.
      phase_ = Phase::kDoom;
      break;
    default:
      phase_ = Phase::kEnd;
      break;
  }
}

Status LoaderCall::Finish(Thread& thread, x86::TrapFrame& frame) {
  const Status status = status_;
  const u32 exit_status = exit_status_;
  const LoaderTask task = task_;
  frame = caller_;
  // It may have come by another way than the one it goes back on.
  x86::SanitizeUserFrame(frame);
  // Before the lock goes back: the next to leave shall know that it is alone.
  if (task == LoaderTask::kExitThread) thread.Terminate(exit_status);
  if (task == LoaderTask::kExitProcess) thread.process()->Terminate(exit_status);
  End(thread);
  return status;
}

Status LoaderCall::Run(Thread& thread, x86::TrapFrame& frame) {
  Process& process = *thread.process();
  while (phase_ != Phase::kEnd) {
    if (!module_ && !NextModule(process.modules())) {
      NextPhase(process);
      continue;
    }
    if (module_->state == ModuleState::kFailed) {
      AttachFailed(process, Status::kDllInitFailed);
      continue;
    }
    const Result<u32> routine = NextRoutine();
    if (routine.ok() && *routine != 0) {
      Call(thread, frame, *routine);
      return status_;
    }
    if (!routine.ok() && phase_ == Phase::kAttach) {
      AttachFailed(process, routine.error());
    } else {
      EndModule();
    }
  }
  return Finish(thread, frame);
}

}  // namespace fl::kernel
