// Loader: see loader.h.
#include "kernel/loader.h"

#include <cstring>
#include <new>

#include "kernel/base/format.h"
#include "kernel/kernel.h"
#include "kernel/loaded_module.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kSystemDirectory = "windows\\system32";
// Each round gives at least one more file a section of its own, so this many suffice for any honest case.
constexpr u32 kMaxRounds = 16;

bool IsNotFound(Status status) {
  return status == Status::kObjectNameNotFound || status == Status::kObjectPathNotFound ||
         status == Status::kObjectNameInvalid;
}

/// A file of which this process needs another section than the one that all share.
struct Variant {
  fs::FileId file;
  u32 number = 0;
};

class Loading final : private pe::ModuleProvider {
 public:
  Loading(Process& process, std::string_view directory, std::string_view current_directory,
          LoadError& error)
      : process_(process),
        directory_(directory),
        current_directory_(current_directory),
        error_(error) {}
  ~Loading() { DropModules(); }

  Result<LoadedProgram> Run(std::string_view path);

 private:
  enum class Round : u8 { kDone, kAgain };
  Result<Round> LinkOnce(std::string_view path);
  Result<pe::Module*> Load(pe::Module& importer, std::string_view dll_name) override;
  Result<LoadedModule*> LoadFile(RefPtr<fs::File> file);
  Result<fs::Opened> FindDll(std::string_view name);
  Result<Round> BindAll(pe::Linker& linker);
  Result<Round> MapAll();
  Status UseNextVariant(const LoadedModule& module);
  u32 VariantOf(const fs::FileId& file) const;
  void DropModules();

  Status Fail(const char* kind, Status status, const char* format, ...)
      __attribute__((format(printf, 4, 5)));
  Status FailLinking(const pe::LinkError& link_error, Status status);
  Status FailImage(std::string_view name, Status status, const pe::ParseError& parse_error);

  Process& process_;
  const std::string_view directory_;
  const std::string_view current_directory_;
  LoadError& error_;
  VirtualNtdll ntdll_;
  Vector<LoadedModule*> modules_;  ///< The program first.
  Vector<Variant> variants_;
  pe::ParseError dll_error_;  ///< Of the DLL that could not be used, for the message.
};

Status Loading::Fail(const char* kind, Status status, const char* format, ...) {
  error_.kind = kind;
  error_.status = status;
  std::va_list arguments;
  va_start(arguments, format);
  FormatV(error_.message, format, arguments);
  va_end(arguments);
  return status;
}

Status Loading::FailImage(std::string_view name, Status status, const pe::ParseError& parse_error) {
  char reason[160];
  const int length = int(name.size());
  switch (parse_error.kind) {
    case pe::ParseError::Kind::kWrongMachine:
      parse_error.Format(reason);
      return Fail("wrong_machine", status, "%.*s: %s", length, name.data(), reason);
    case pe::ParseError::Kind::kNotPe:
    case pe::ParseError::Kind::kMalformed:
      parse_error.Format(reason);
      return Fail("not_pe", status, "%.*s: %s", length, name.data(), reason);
    case pe::ParseError::Kind::kNone:
      break;
  }
  if (status == Status::kIllegalDllRelocation) {
    return Fail("other", status, "%.*s: has no relocations, and its base is taken", length,
                name.data());
  }
  return Fail("other", status, "%.*s: cannot be loaded (status 0x%08x)", length, name.data(),
              Code(status));
}

Status Loading::FailLinking(const pe::LinkError& link_error, Status status) {
  char text[400];
  link_error.Format(text);
  switch (link_error.kind) {
    case pe::LinkError::Kind::kMissingDll:
      return Fail("missing_dll", status, "%s", text);
    case pe::LinkError::Kind::kMissingSymbol:
    case pe::LinkError::Kind::kForwarderCycle:
      return Fail("missing_export", status, "%s", text);
    case pe::LinkError::Kind::kUnusableDll: {
      char reason[160];
      const char* because = "";
      if (dll_error_.kind != pe::ParseError::Kind::kNone) {
        dll_error_.Format(reason);
        because = reason;
      } else if (status == Status::kIllegalDllRelocation) {
        because = "it has no relocations, and its base is taken";
      }
      return Fail("other", status, "%s%s%s", text, *because ? ": " : "", because);
    }
    case pe::LinkError::Kind::kMalformed:
      return Fail("not_pe", status, "%s", text);
    default:
      return Fail("other", status, "%s (status 0x%08x)", text, Code(status));
  }
}

u32 Loading::VariantOf(const fs::FileId& file) const {
  for (const Variant& variant : variants_) {
    if (variant.file == file) return variant.number;
  }
  return 0;
}

Status Loading::UseNextVariant(const LoadedModule& module) {
  const fs::FileId file = module.section()->file()->Id();
  for (Variant& variant : variants_) {
    if (variant.file == file) {
      ++variant.number;
      return Status::kSuccess;
    }
  }
  return variants_.Push({file, 1});
}

Result<LoadedModule*> Loading::LoadFile(RefPtr<fs::File> file) {
  for (LoadedModule* module : modules_) {
    if (module->section()->file()->Id() == file->Id()) return module;
  }
  Kernel& kernel = TheKernel();
  const u32 variant = VariantOf(file->Id());
  RefPtr<mm::ImageSection> section = TRY(kernel.images.Acquire(file, variant, &dll_error_));
  auto* module = new (std::nothrow) LoadedModule(kernel.system_space, std::move(section), variant);
  if (!module) return Status::kNoMemory;
  if (const Status status = modules_.Push(module); IsFailure(status)) {
    delete module;
    return status;
  }
  TRY_STATUS(module->MapView());
  return module;
}

Result<fs::Opened> Loading::FindDll(std::string_view name) {
  char path[512];
  for (const std::string_view directory : {directory_, kSystemDirectory, current_directory_}) {
    const std::string_view full =
        Format(path, "%.*s%s%.*s", int(directory.size()), directory.data(),
               directory.empty() ? "" : "\\", int(name.size()), name.data());
    if (full.size() + 1 >= sizeof(path)) return Status::kDllNotFound;
    Result<fs::Opened> opened = TheKernel().volume->Open(full);
    if (opened.ok() && opened->file) return opened;
    if (!opened.ok() && !IsNotFound(opened.error())) return opened.error();
  }
  return Status::kDllNotFound;
}

Result<pe::Module*> Loading::Load(pe::Module&, std::string_view dll_name) {
  if (pe::EqualIgnoringCase(dll_name, VirtualNtdll::kName)) return &ntdll_;
  // A name with directories would leave the search order; NT takes it as a path, and so do we not yet.
  if (dll_name.find('\\') != dll_name.npos || dll_name.find('/') != dll_name.npos) {
    return Status::kDllNotFound;
  }
  dll_error_ = {};
  const fs::Opened opened = TRY(FindDll(dll_name));
  return TRY(LoadFile(opened.file));
}

bool EqualBindings(std::span<const pe::Binding> a, std::span<const pe::Binding> b) {
  if (a.size() != b.size()) return false;
  for (u32 i = 0; i < a.size(); ++i) {
    if (a[i].slot != b[i].slot || a[i].value != b[i].value) return false;
  }
  return true;
}

/// Gives each section its bindings, or finds that another process bound it to other modules.
Result<Loading::Round> Loading::BindAll(pe::Linker& linker) {
  Round round = Round::kDone;
  for (LoadedModule* module : modules_) {
    const mm::ImageSection& section = *module->section();
    if (!section.is_bound()) continue;
    if (EqualBindings(section.bindings(), linker.Find(*module)->bindings.span())) continue;
    TRY_STATUS(UseNextVariant(*module));
    round = Round::kAgain;
  }
  if (round == Round::kAgain) return round;
  for (LoadedModule* module : modules_) {
    mm::ImageSection& section = *module->section();
    if (!section.is_bound()) section.Bind(std::move(linker.Find(*module)->bindings));
  }
  return round;
}

Result<Loading::Round> Loading::MapAll() {
  for (LoadedModule* module : modules_) {
    mm::ImageSection& section = *module->section();
    module->DropView();
    TRY_STATUS(process_.images().Push({module->section(), section.base()}));
    const Result<mm::ByteRange> view = process_.space().MapView(
        section, {.base = section.base(), .protection = mm::kPageExecuteWriteCopy});
    if (view.ok()) continue;
    if (view.error() != Status::kConflictingAddresses) return view.error();
    if (!mm::ImageSection::CanMove(section.layout())) {
      return FailImage(module->Name(), Status::kIllegalDllRelocation, {});
    }
    // What is mapped already goes away again; the next round has everything anew.
    process_.space().Clear();
    process_.images().Clear();
    TRY_STATUS(UseNextVariant(*module));
    return Round::kAgain;
  }
  return Round::kDone;
}

void Loading::DropModules() {
  for (LoadedModule* module : modules_) delete module;
  modules_.Clear();
}

Result<Loading::Round> Loading::LinkOnce(std::string_view path) {
  Result<fs::Opened> opened = TheKernel().volume->Open(path);
  if (!opened.ok() || !opened->file) {
    const Status status = opened.ok() ? Status::kFileIsADirectory : opened.error();
    // The disk or the memory may have failed; the file can be there all the same.
    const bool missing = opened.ok() || IsNotFound(status);
    return Fail(missing ? "no_such_file" : "other", status, "C:\\%.*s: %s (status 0x%08x)",
                int(path.size()), path.data(), opened.ok() ? "is a directory" : "cannot be opened",
                Code(status));
  }
  dll_error_ = {};
  const Result<LoadedModule*> program = LoadFile(opened->file);
  if (!program.ok()) return FailImage(opened->file->Name(), program.error(), dll_error_);
  if ((*program)->Layout().is_dll()) {
    return Fail("not_pe", Status::kInvalidImageFormat, "%.*s: is a DLL, not a program",
                int((*program)->Name().size()), (*program)->Name().data());
  }
  pe::Linker linker(*this);
  pe::LinkError link_error;
  const Status status = linker.Link(**program, &link_error);
  if (IsFailure(status)) return FailLinking(link_error, status);
  if (TRY(BindAll(linker)) == Round::kAgain) return Round::kAgain;
  return MapAll();
}

Result<LoadedProgram> Loading::Run(std::string_view path) {
  for (u32 round = 0; round < kMaxRounds; ++round) {
    const Result<Round> done = LinkOnce(path);
    if (!done.ok()) {
      if (error_.message[0] == 0) {
        return Fail("other", done.error(), "C:\\%.*s: cannot be loaded (status 0x%08x)",
                    int(path.size()), path.data(), Code(done.error()));
      }
      return done.error();
    }
    if (*done == Round::kAgain) {
      DropModules();
      continue;
    }
    const RefPtr<mm::ImageSection> image = modules_[0]->section();
    return LoadedProgram{image->base() + image->layout().entry.value, image};
  }
  return Fail("other", Status::kTooManyLinks, "C:\\%.*s: its DLLs cannot be given places",
              int(path.size()), path.data());
}

}  // namespace

Result<LoadedProgram> LoadProgram(Process& process, std::string_view path,
                                  std::string_view current_directory, LoadError& error) {
  const std::size_t slash = path.rfind('\\');
  const std::string_view directory =
      slash == path.npos ? std::string_view() : path.substr(0, slash);
  // Off the kernel stack: it holds the linker's names.
  auto* loading = new (std::nothrow) Loading(process, directory, current_directory, error);
  if (!loading) return Status::kNoMemory;
  Result<LoadedProgram> program = loading->Run(path);
  delete loading;
  return program;
}

}  // namespace fl::kernel
