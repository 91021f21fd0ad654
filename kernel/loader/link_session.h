// LinkSession: one call of the loader: from a file to its image and all that it needs, mapped in the process
// and linked with what is there already. Runs none of their code.
// Invariants:  nothing of an image is read here but what its headers, exports, imports and TLS directory
//              need; the import slots themselves are bound when their pages come in. All or nothing: a
//              failure leaves the process as it was. DLLs have their static TLS in all threads when this is
//              done; a program's first thread gets its own with its TEB.
// Identity:    a DLL is one file, however it was named; and a name without directories means the DLL of that
//              name that is there, wherever it came from.
// Lives:       on the heap: it holds the linker's names. The caller holds the process' loader lock.
#pragma once

#include "kernel/loader/load_error.h"
#include "kernel/process.h"
#include "kernel/syscall_stubs.h"

namespace fl::kernel {

class LinkSession final : private pe::ModuleProvider {
 public:
  LinkSession(Process& process, LoadError& error) : process_(process), error_(error) {}
  ~LinkSession() { DropFresh(); }

  /// `path` is on the volume. May sleep, and so the next two.
  Result<LoadedModule*> LoadProgram(std::string_view path);
  /// `name` has its extension; see DllSearch for the two.
  Result<LoadedModule*> LoadDll(std::string_view name, std::string_view search_path);
  /// The address of a symbol. What a forwarder leads to is loaded, and `exporter` needs it from now on;
  /// null: the kernel's own ntdll.dll.
  Result<u32> FindSymbol(LoadedModule* exporter, const pe::SymbolRef& symbol);

 private:
  enum class Round : u8 { kDone, kAgain };
  /// A file of which this process needs another section than the one that all share.
  struct Variant {
    fs::FileId file;
    u32 number = 0;
  };
  /// What the session is to link.
  struct Goal {
    RefPtr<fs::File> file;  ///< An image; else a symbol of `exporter`.
    bool is_program = false;
    LoadedModule* exporter = nullptr;
    const pe::SymbolRef* symbol = nullptr;
    // The answer:
    LoadedModule* root = nullptr;
    u32 address = 0;
  };

  Status Run(Goal& goal);
  Result<Round> RunOnce(Goal& goal);
  Result<pe::Module*> Load(pe::Module& importer, std::string_view dll_name) override;
  Result<LoadedModule*> LoadFile(RefPtr<fs::File> file);
  Result<Round> BindAll(pe::Linker& linker);
  Result<Round> MapAll();
  Status Complete(pe::Linker& linker, const Goal& goal);
  Status AddNeeds(LoadedModule& module, std::span<pe::Module* const> needs);
  Status UseNextVariant(const LoadedModule& module);
  u32 VariantOf(const fs::FileId& file) const;
  LoadedModule* FindFresh(const pe::Module* module) const;
  void UnmapAll();
  void DropFresh();

  Process& process_;
  LoadError& error_;
  VirtualNtdll ntdll_;
  Vector<RefPtr<LoadedModule>> fresh_;  ///< In the order in which they were met.
  u32 mapped_ = 0;                      ///< So many of them lie in the process.
  Vector<Variant> variants_;
  pe::ParseError dll_error_;  ///< Of the DLL that could not be used, for the message.
};

/// Takes a module's memory out of the process, as far as it is still there.
void UnmapModule(Process& process, LoadedModule& module);

}  // namespace fl::kernel
