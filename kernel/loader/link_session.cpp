// LinkSession: see link_session.h.
#include "kernel/loader/link_session.h"

#include <new>

#include "kernel/kernel.h"
#include "kernel/loader/static_tls.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

// Each round gives at least one more file a section of its own, so this many suffice for any honest case.
constexpr u32 kMaxRounds = 16;

bool EqualBindings(std::span<const pe::Binding> a, std::span<const pe::Binding> b) {
  if (a.size() != b.size()) return false;
  for (u32 i = 0; i < a.size(); ++i) {
    if (a[i].slot != b[i].slot || a[i].value != b[i].value) return false;
  }
  return true;
}

}  // namespace

void UnmapModule(Process& process, LoadedModule& module) {
  process.ForgetImage(module.Base());
  // The program may have unmapped it, and put something else there.
  if (process.space().FindSection(module.Base()) != module.section().get()) return;
  const Status unmapped = process.space().UnmapView(module.Base());
  KASSERT(IsSuccess(unmapped));
}

u32 LinkSession::VariantOf(const fs::FileId& file) const {
  for (const Variant& variant : variants_) {
    if (variant.file == file) return variant.number;
  }
  return 0;
}

Status LinkSession::UseNextVariant(const LoadedModule& module) {
  const fs::FileId file = module.section()->file()->Id();
  for (Variant& variant : variants_) {
    if (variant.file == file) {
      ++variant.number;
      return Status::kSuccess;
    }
  }
  return variants_.Push({file, 1});
}

Result<LoadedModule*> LinkSession::LoadFile(RefPtr<fs::File> file) {
  if (LoadedModule* known = process_.modules().FindByFile(file->Id())) return known;
  for (const auto& module : fresh_) {
    if (module->section()->file()->Id() == file->Id()) return module.get();
  }
  Kernel& kernel = TheKernel();
  dll_error_ = {};
  RefPtr<mm::ImageSection> section =
      TRY(kernel.images.Acquire(file, VariantOf(file->Id()), &dll_error_));
  auto* module = new (std::nothrow) LoadedModule(kernel.system_space, std::move(section));
  if (!module) return Status::kNoMemory;
  TRY_STATUS(fresh_.Push(AdoptRef(module)));
  TRY_STATUS(module->MapView());
  return module;
}

Result<pe::Module*> LinkSession::Load(pe::Module&, std::string_view dll_name) {
  if (pe::EqualIgnoringCase(dll_name, VirtualNtdll::kName)) return &ntdll_;
  // A name with directories would leave the search order; NT takes it as a path, and so do we not yet.
  if (IsPath(dll_name)) return Status::kDllNotFound;
  RefPtr<fs::File> file = TRY(process_.modules().search.Find(dll_name, {}));
  return TRY(LoadFile(std::move(file)));
}

/// Gives each section its bindings, or finds that another process bound it to other modules.
Result<LinkSession::Round> LinkSession::BindAll(pe::Linker& linker) {
  Round round = Round::kDone;
  for (const auto& module : fresh_) {
    const mm::ImageSection& section = *module->section();
    if (!section.is_bound()) continue;
    if (EqualBindings(section.bindings(), linker.Find(*module)->bindings.span())) continue;
    TRY_STATUS(UseNextVariant(*module));
    round = Round::kAgain;
  }
  if (round == Round::kAgain) return round;
  for (const auto& module : fresh_) {
    mm::ImageSection& section = *module->section();
    if (!section.is_bound()) section.Bind(std::move(linker.Find(*module)->bindings));
  }
  return round;
}

Result<LinkSession::Round> LinkSession::MapAll() {
  for (const auto& module : fresh_) {
    mm::ImageSection& section = *module->section();
    module->DropView();
    TRY_STATUS(process_.images().Push({module->section(), section.base()}));
    const Result<mm::ByteRange> view = process_.space().MapView(
        section, {.base = section.base(), .protection = mm::kPageExecuteWriteCopy});
    if (view.ok()) {
      ++mapped_;
      continue;
    }
    process_.ForgetImage(section.base());
    if (view.error() != Status::kConflictingAddresses) return view.error();
    if (!mm::ImageSection::CanMove(section.layout())) {
      return error_.FailImage(module->Name(), Status::kIllegalDllRelocation, {});
    }
    // What is mapped already goes away again; the next round has everything anew.
    TRY_STATUS(UseNextVariant(*module));
    return Round::kAgain;
  }
  return Round::kDone;
}

void LinkSession::UnmapAll() {
  while (mapped_ != 0) UnmapModule(process_, *fresh_[--mapped_]);
}

void LinkSession::DropFresh() {
  for (const auto& module : fresh_) ForgetTls(process_, *module);
  UnmapAll();
  fresh_.Clear();
}

LoadedModule* LinkSession::FindFresh(const pe::Module* module) const {
  for (const auto& fresh : fresh_) {
    if (static_cast<const pe::Module*>(fresh.get()) == module) return fresh.get();
  }
  return nullptr;
}

/// Adds to what `module` needs, or fails and adds nothing.
Status LinkSession::AddNeeds(LoadedModule& module, std::span<pe::Module* const> needs) {
  TRY_STATUS(module.needs.Reserve(module.needs.size() + u32(needs.size())));
  for (pe::Module* needed : needs) {
    // The kernel's own module needs no keeping; all others are ours.
    if (needed == &ntdll_) continue;
    const Status pushed = module.needs.Push(static_cast<LoadedModule*>(needed));
    KASSERT(IsSuccess(pushed));
  }
  return Status::kSuccess;
}

/// All is mapped: what can still fail, then what cannot.
Status LinkSession::Complete(pe::Linker& linker, const Goal& goal) {
  ModuleList& modules = process_.modules();
  TRY_STATUS(modules.Reserve(fresh_.size()));
  Vector<LoadedModule*> order;
  TRY_STATUS(order.Reserve(fresh_.size()));
  for (const pe::LinkedModule* linked : linker.load_order()) {
    LoadedModule* module = FindFresh(linked->module);
    if (!module) continue;  // The kernel's own.
    TRY_STATUS(AddNeeds(*module, linked->needs.span()));
    TRY_STATUS(order.Push(module));
  }
  TRY_STATUS(PrepareTls(process_, order.span()));
  if (goal.exporter) {
    TRY_STATUS(AddNeeds(*goal.exporter, linker.Find(*goal.exporter)->needs.span()));
  }
  for (LoadedModule* module : order) modules.Add(RefPtr<LoadedModule>(module));
  mapped_ = 0;
  fresh_.Clear();
  return Status::kSuccess;
}

Result<LinkSession::Round> LinkSession::RunOnce(Goal& goal) {
  pe::Linker linker(*this);
  for (const auto& module : process_.modules().all()) {
    if (module->state != ModuleState::kDoomed) TRY_STATUS(linker.AddLinked(*module));
  }
  pe::LinkError link_error;
  Status status = Status::kSuccess;
  if (goal.file) {
    const Result<LoadedModule*> root = LoadFile(goal.file);
    if (!root.ok()) return error_.FailImage(goal.file->Name(), root.error(), dll_error_);
    goal.root = *root;
    goal.root->is_program = goal.is_program;
    dll_error_ = {};
    status = linker.Link(*goal.root, &link_error);
  } else {
    pe::Module& exporter = goal.exporter ? static_cast<pe::Module&>(*goal.exporter) : ntdll_;
    if (!goal.exporter) TRY_STATUS(linker.AddLinked(ntdll_));
    const Result<u32> address = linker.FindSymbol(exporter, *goal.symbol, &link_error);
    status = address.status();
    if (address.ok()) goal.address = *address;
  }
  if (IsFailure(status)) return error_.FailLinking(link_error, status, dll_error_);
  if (TRY(BindAll(linker)) == Round::kAgain) return Round::kAgain;
  if (TRY(MapAll()) == Round::kAgain) return Round::kAgain;
  TRY_STATUS(Complete(linker, goal));
  return Round::kDone;
}

Status LinkSession::Run(Goal& goal) {
  for (u32 round = 0; round < kMaxRounds; ++round) {
    const Result<Round> done = RunOnce(goal);
    if (!done.ok()) {
      if (error_.message[0] != 0) return done.error();
      const std::string_view name = goal.file       ? goal.file->Name()
                                    : goal.exporter ? goal.exporter->Name()
                                                    : VirtualNtdll::kName;
      return error_.Fail("other", done.error(), "%.*s: cannot be loaded (status 0x%08x)",
                         int(name.size()), name.data(), Code(done.error()));
    }
    if (*done == Round::kDone) return Status::kSuccess;
    DropFresh();
  }
  return error_.Fail("other", Status::kTooManyLinks, "the DLLs cannot be given places");
}

Result<LoadedModule*> LinkSession::LoadProgram(std::string_view path) {
  Result<fs::Opened> opened = TheKernel().volume->Open(path);
  if (!opened.ok() || !opened->file) {
    const Status status = opened.ok() ? Status::kFileIsADirectory : opened.error();
    // The disk or the memory may have failed; the file can be there all the same.
    const bool missing = opened.ok() || IsNotFound(status);
    return error_.Fail(missing ? "no_such_file" : "other", status, "C:\\%.*s: %s (status 0x%08x)",
                       int(path.size()), path.data(),
                       opened.ok() ? "is a directory" : "cannot be opened", Code(status));
  }
  Goal goal{.file = opened->file, .is_program = true};
  // Before any DLL is looked at: what cannot be a program is not worth it.
  const Result<LoadedModule*> program = LoadFile(goal.file);
  if (!program.ok()) return error_.FailImage(goal.file->Name(), program.error(), dll_error_);
  if ((*program)->Layout().is_dll()) {
    return error_.Fail("not_pe", Status::kInvalidImageFormat, "%.*s: is a DLL, not a program",
                       int((*program)->Name().size()), (*program)->Name().data());
  }
  TRY_STATUS(Run(goal));
  return goal.root;
}

Result<LoadedModule*> LinkSession::LoadDll(std::string_view name, std::string_view search_path) {
  ModuleList& modules = process_.modules();
  if (!IsPath(name)) {
    if (LoadedModule* known = modules.FindByName(name)) return known;
  }
  const Result<RefPtr<fs::File>> file = modules.search.Find(name, search_path);
  if (!file.ok()) {
    const bool missing = file.error() == Status::kDllNotFound;
    return error_.Fail(missing ? "missing_dll" : "other", file.error(), "%.*s: %s (status 0x%08x)",
                       int(name.size()), name.data(), missing ? "is not found" : "cannot be opened",
                       Code(file.error()));
  }
  if (LoadedModule* known = modules.FindByFile((*file)->Id())) return known;
  Goal goal{.file = *file};
  TRY_STATUS(Run(goal));
  return goal.root;
}

Result<u32> LinkSession::FindSymbol(LoadedModule* exporter, const pe::SymbolRef& symbol) {
  Goal goal{.file = {}, .exporter = exporter, .symbol = &symbol};
  TRY_STATUS(Run(goal));
  return goal.address;
}

}  // namespace fl::kernel
