// Linker: loads what a program imports, and works out the value of every import slot of every
// module. It writes no image: the pager binds each page of slots when it reads the page in.
// Owns: a record for each module: its bindings; not the modules, which must outlive it.
// Invariants: each module is linked once; a Link that fails leaves the records as they were; no
//   recursion (the depth of the import graph is the files' choice, the kernel stack is not).
// Semantics: NT's: a DLL that is already loaded is found by its name alone; a forwarder loads its
//   DLL.
#pragma once

#include "pe/binding.h"
#include "pe/exports.h"
#include "pe/imports.h"
#include "pe/link_error.h"

namespace fl::pe {

/// A loaded image, as the linker sees it. Identity is the object's address.
class Module {
 public:
  /// File name without directories, "beta.dll".
  virtual std::string_view Name() const = 0;
  /// The image's bytes. Import tables are read here, so they must not be bound yet
  /// (ImageFileSource, or a view whose pages are dropped after linking).
  virtual ByteSource& Image() = 0;
  virtual const ImageLayout& Layout() const = 0;
  virtual VirtAddr Base() const = 0;
  /// Where a symbol is, by the image's export directory. A module that the kernel itself provides
  /// answers in its own way. kEntryPointNotFound or kOrdinalNotFound if there is no such symbol.
  virtual Result<Export> FindExport(const SymbolRef& symbol, ParseError* error);

 protected:
  ~Module() = default;
};

class ModuleProvider {
 public:
  /// The module that `importer` means by `dll_name` (which has its extension), loaded now or
  /// before; the same file always gives the same Module. kDllNotFound if there is none.
  virtual Result<Module*> Load(Module& importer, std::string_view dll_name) = 0;

 protected:
  ~ModuleProvider() = default;
};

struct LinkedModule {
  Module* module = nullptr;
  Vector<Binding> bindings;  ///< Ascending by slot.
  Vector<Module*> needs;     ///< Each once: what its imports name, and what forwarders led to.
};

class Linker {
 public:
  static constexpr u32 kMaxModules = 512;
  static constexpr u32 kMaxImportsOfModule = 0x10000;
  static constexpr u32 kMaxForwarderSteps = 32;

  explicit Linker(ModuleProvider& provider) : provider_(provider) {}
  ~Linker() { DropFrom(0, 0); }
  Linker(const Linker&) = delete;
  Linker& operator=(const Linker&) = delete;

  /// Before the first Link: `module` was linked earlier, by another Linker. It is found by its name and
  /// exports; its own imports are not looked at. kTooManyLinks, kNoMemory.
  Status AddLinked(Module& module);
  /// Links `root` and all that it needs and that is not linked yet. `error` may be null. Fails with
  /// kDllNotFound, kEntryPointNotFound, kOrdinalNotFound, kInvalidImageFormat, kTooManyLinks,
  /// kNoMemory, or what the provider or a source says.
  Status Link(Module& root, LinkError* error);

  /// The address of a symbol of `exporter`, which is linked; modules that a forwarder leads to are linked
  /// too, and become needs of `exporter`. Fails as Link does.
  Result<u32> FindSymbol(Module& exporter, const SymbolRef& symbol, LinkError* error);

  /// The linked modules in the order of initialisation: dependencies first, but for cycles.
  std::span<LinkedModule* const> load_order() const { return order_.span(); }
  /// Null if `module` is not linked.
  LinkedModule* Find(const Module& module) const;

 private:
  /// How far the import table of a module has been worked through.
  struct Frame {
    LinkedModule* record = nullptr;
    u32 dll_index = 0;
    u32 symbol_index = 0;
    ImportedDll dll;           ///< Number dll_index, if `target` is set.
    Module* target = nullptr;  ///< Null: that DLL is not open yet.
  };
  enum class Step : u8 { kMore, kDone };

  Status AllocateStrings();
  Status ChaseAndLink(LinkedModule& record, const SymbolRef& symbol, u32* address);
  Status LinkAll(Module& root);
  /// Links every module that has a record and was not entered yet.
  Status WorkThrough();
  Status Finish(Status status, u32 record_count, u32 order_count, const Module& root);
  Result<Step> Advance(Frame& frame);
  Status OpenDll(Frame& frame, const ImportedDll& dll);
  Status Resolve(Frame& frame, const ImportedSymbol& symbol);
  Result<u32> Chase(LinkedModule& record, Module& first, const SymbolRef& wanted);
  Result<Module*> FindOrLoad(Module& importer, std::string_view name);
  /// For messages: `name` with its extension, or as it is if it cannot be completed.
  std::string_view CompletedName(std::string_view name);
  Status AddRecord(Module& module);
  static Status AddNeed(LinkedModule& record, Module& needed);
  void DropFrom(u32 record_count, u32 order_count);

  Status Fail(LinkError::Kind kind, Status status, const Module& module, const char* reason = "");
  Status FailLoading(Status status, const Module& importer);
  Status FailReading(Status status, const Module& module, const char* reason);
  Status FailFinding(Status status, const Module& importer, const Module& exporter,
                     const char* reason);
  void Describe(const Module& first, const SymbolRef& wanted, std::string_view forwarder,
                std::string_view forwarder_dll);

  ModuleProvider& provider_;
  Vector<LinkedModule*> records_;  ///< In the order of loading; owned.
  Vector<LinkedModule*> order_;
  Vector<Frame> stack_;
  u32 entered_ = 0;  ///< Records below this have had their frame.
  LinkError* error_ = nullptr;
  // Strings out of images: on the heap, for kernel stacks are small.
  Vector<char> symbol_name_;
  Vector<char> short_string_;  ///< A DLL's name or a forwarder.
  Vector<char> completed_name_;
};

}  // namespace fl::pe
