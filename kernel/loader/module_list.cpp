// ModuleList: see module_list.h.
#include "kernel/loader/module_list.h"

#include "kernel/kernel.h"
#include "pe/module_name.h"

namespace fl::kernel {

Status LoaderLock::Acquire() {
  Scheduler& scheduler = TheKernel().scheduler;
  Thread& thread = scheduler.current();
  while (owner_ && owner_ != &thread) {
    if (scheduler.WaitUntil(this, kNever, Interruptible::kYes) == WakeReason::kTerminated) {
      return Status::kProcessIsTerminating;
    }
  }
  owner_ = &thread;
  ++depth_;
  return Status::kSuccess;
}

void LoaderLock::Release() {
  KASSERT(owner_ == &TheKernel().scheduler.current() && depth_ != 0);
  if (--depth_ != 0) return;
  owner_ = nullptr;
  TheKernel().scheduler.WakeAll(this);
}

void LoaderLock::ReleaseAll(Thread& thread) {
  if (owner_ != &thread) return;
  depth_ = 0;
  owner_ = nullptr;
  TheKernel().scheduler.WakeAll(this);
}

LoadedModule* ModuleList::FindByBase(VirtAddr base) const {
  for (const auto& module : modules_) {
    if (module->Base() == base && module->state != ModuleState::kDoomed) return module.get();
  }
  return nullptr;
}

LoadedModule* ModuleList::FindByName(std::string_view name) const {
  for (const auto& module : modules_) {
    if (module->state != ModuleState::kDoomed && pe::EqualIgnoringCase(module->Name(), name)) {
      return module.get();
    }
  }
  return nullptr;
}

LoadedModule* ModuleList::FindByFile(const fs::FileId& file) const {
  for (const auto& module : modules_) {
    if (module->state != ModuleState::kDoomed && module->section()->file()->Id() == file) {
      return module.get();
    }
  }
  return nullptr;
}

LoadedModule* ModuleList::After(u32 order) const {
  for (const auto& module : modules_) {
    if (module->order > order) return module.get();
  }
  return nullptr;
}

LoadedModule* ModuleList::Before(u32 order) const {
  for (u32 i = modules_.size(); i-- > 0;) {
    if (modules_[i]->order < order) return modules_[i].get();
  }
  return nullptr;
}

Status ModuleList::Reserve(u32 more) {
  if (more > kMaxModules || modules_.size() > kMaxModules - more) return Status::kTooManyLinks;
  return modules_.Reserve(modules_.size() + more);
}

void ModuleList::Add(RefPtr<LoadedModule> module) {
  module->order = next_order_++;
  if (module->is_program) program_ = module.get();
  const Status pushed = modules_.Push(std::move(module));
  KASSERT(IsSuccess(pushed));
}

void ModuleList::Unmark() {
  for (const auto& module : modules_) module->marked = false;
}

/// From what is marked to all that it needs. Needs stand before their needers, so but for cycles one round
/// from the end is enough.
void ModuleList::Spread() {
  for (bool changed = true; changed;) {
    changed = false;
    for (u32 i = modules_.size(); i-- > 0;) {
      if (!modules_[i]->marked) continue;
      for (LoadedModule* needed : modules_[i]->needs) {
        changed |= !needed->marked && needed->order > modules_[i]->order;
        needed->marked = true;
      }
    }
  }
}

void ModuleList::MarkFrom(LoadedModule& root) {
  Unmark();
  root.marked = true;
  Spread();
}

bool ModuleList::Doom(const void* by) {
  for (const auto& module : modules_) {
    module->marked = module->is_program || module->loads != 0 ||
                     module->state == ModuleState::kAttaching ||
                     module->state == ModuleState::kDoomed;
  }
  Spread();
  bool any = false;
  for (const auto& module : modules_) {
    if (module->marked) continue;
    any = true;
    module->state = ModuleState::kDoomed;
    module->doomed_by = by;
  }
  return any;
}

LoadedModule* ModuleList::FindDoomed(const void* by) const {
  for (const auto& module : modules_) {
    if (module->doomed_by == by) return module.get();
  }
  return nullptr;
}

void ModuleList::Remove(LoadedModule& module) {
  for (u32 i = 0; i < modules_.size(); ++i) {
    if (modules_[i].get() == &module) return modules_.Remove(i);
  }
}

}  // namespace fl::kernel
