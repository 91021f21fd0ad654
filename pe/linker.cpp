// Linker: see linker.h.
// The import graph is walked depth first with an explicit stack: a frame for each module that is
// being worked through, which goes on where it stopped when the modules above it are done.
#include "pe/linker.h"

#include "kernel/base/format.h"
#include "pe/heap_sort.h"
#include "pe/module_name.h"

namespace fl::pe {

Result<Export> Module::FindExport(const SymbolRef& symbol, ParseError* error) {
  ExportTable table = TRY(ExportTable::Open(Image(), Layout(), error));
  return table.Find(symbol);
}

LinkedModule* Linker::Find(const Module& module) const {
  for (LinkedModule* record : records_) {
    if (record->module == &module) return record;
  }
  return nullptr;
}

Status Linker::AddLinked(Module& module) {
  KASSERT(entered_ == records_.size() && order_.empty());
  TRY_STATUS(AddRecord(module));
  ++entered_;
  return Status::kSuccess;
}

Status Linker::Link(Module& root, LinkError* error) {
  LinkError unwanted;
  error_ = error ? error : &unwanted;
  *error_ = {};
  const u32 record_count = records_.size();
  const u32 order_count = order_.size();
  return Finish(LinkAll(root), record_count, order_count, root);
}

Result<u32> Linker::FindSymbol(Module& exporter, const SymbolRef& symbol, LinkError* error) {
  LinkError unwanted;
  error_ = error ? error : &unwanted;
  *error_ = {};
  LinkedModule* const record = Find(exporter);
  KASSERT(record);
  const u32 record_count = records_.size();
  const u32 order_count = order_.size();
  u32 address = 0;
  TRY_STATUS(Finish(ChaseAndLink(*record, symbol, &address), record_count, order_count, exporter));
  return address;
}

Status Linker::ChaseAndLink(LinkedModule& record, const SymbolRef& symbol, u32* address) {
  TRY_STATUS(AllocateStrings());
  *address = TRY(Chase(record, *record.module, symbol));
  return WorkThrough();
}

Status Linker::Finish(Status status, u32 record_count, u32 order_count, const Module& root) {
  stack_.Clear();
  if (IsSuccess(status)) return status;
  DropFrom(record_count, order_count);
  if (error_->kind == LinkError::Kind::kNone) return Fail(LinkError::Kind::kOther, status, root);
  return status;
}

Status Linker::AllocateStrings() {
  TRY_STATUS(symbol_name_.ResizeForOverwrite(kSymbolSize));
  TRY_STATUS(short_string_.ResizeForOverwrite(kShortStringSize));
  return completed_name_.ResizeForOverwrite(kShortStringSize);
}

Status Linker::LinkAll(Module& root) {
  if (Find(root)) return Status::kSuccess;
  TRY_STATUS(AllocateStrings());
  TRY_STATUS(AddRecord(root));
  return WorkThrough();
}

Status Linker::WorkThrough() {
  for (;;) {
    // Modules that the last step loaded go first: they are dependencies.
    for (; entered_ < records_.size(); ++entered_) {
      TRY_STATUS(stack_.Push({.record = records_[entered_], .dll = {}}));
    }
    if (stack_.empty()) return Status::kSuccess;
    if (TRY(Advance(stack_.back())) == Step::kMore) continue;
    LinkedModule* finished = stack_.back().record;
    HeapSort(finished->bindings, finished->bindings.size(),
             [](const Binding& a, const Binding& b) { return a.slot < b.slot; });
    TRY_STATUS(order_.Push(finished));
    stack_.Pop();
  }
}

Result<Linker::Step> Linker::Advance(Frame& frame) {
  Module& importer = *frame.record->module;
  const ImportTable imports(importer.Image(), importer.Layout());
  if (!frame.target) {
    const auto dll = imports.Dll(frame.dll_index);
    if (!dll.ok()) return FailReading(dll.error(), importer, "malformed import directory");
    if (!*dll) return Step::kDone;
    TRY_STATUS(OpenDll(frame, **dll));
    return Step::kMore;
  }
  const auto symbol = imports.Symbol(frame.dll, frame.symbol_index);
  if (!symbol.ok()) return FailReading(symbol.error(), importer, "malformed import table");
  if (!*symbol) {
    frame.target = nullptr;
    frame.symbol_index = 0;
    ++frame.dll_index;
    return Step::kMore;
  }
  TRY_STATUS(Resolve(frame, **symbol));
  ++frame.symbol_index;
  return Step::kMore;
}

Status Linker::OpenDll(Frame& frame, const ImportedDll& dll) {
  Module& importer = *frame.record->module;
  const auto name = ReadString(importer.Image(), dll.name, short_string_.span());
  if (!name.ok()) return FailReading(name.error(), importer, "malformed DLL name in its imports");
  const Result<Module*> target = FindOrLoad(importer, *name);
  if (!target.ok()) {
    error_->dll = CompletedName(*name);
    return FailLoading(target.error(), importer);
  }
  TRY_STATUS(AddNeed(*frame.record, **target));
  frame.target = *target;
  frame.dll = dll;
  return Status::kSuccess;
}

Status Linker::Resolve(Frame& frame, const ImportedSymbol& symbol) {
  Module& importer = *frame.record->module;
  Vector<Binding>& bindings = frame.record->bindings;
  if (bindings.size() == kMaxImportsOfModule) {
    return FailReading(Status::kInvalidImageFormat, importer, "more than 65536 imports");
  }
  SymbolRef wanted{.name = {}, .ordinal = symbol.ordinal, .hint = symbol.hint};
  if (!symbol.by_ordinal) {
    const auto name = ReadString(importer.Image(), symbol.name, symbol_name_.span());
    if (!name.ok() || name->empty()) {
      return FailReading(name.ok() ? Status::kInvalidImageFormat : name.error(), importer,
                         "malformed symbol name in its imports");
    }
    wanted.name = *name;
  }
  const u32 value = TRY(Chase(*frame.record, *frame.target, wanted));
  return bindings.Push({symbol.slot, value});
}

/// Follows a symbol from `first` through forwarders to its address.
Result<u32> Linker::Chase(LinkedModule& record, Module& first, const SymbolRef& wanted) {
  const Module& importer = *record.module;
  SymbolRef symbol = wanted;
  Module* exporter = &first;
  std::string_view text;
  for (u32 step = 0; step < kMaxForwarderSteps; ++step) {
    ParseError why;
    const Result<Export> found = exporter->FindExport(symbol, &why);
    if (!found.ok()) {
      Describe(first, wanted, text, exporter->Name());
      return FailFinding(found.error(), importer, *exporter, why.reason);
    }
    if (!found->forwarder) return exporter->Base().value + found->rva.value;

    const auto string = ReadString(exporter->Image(), found->rva, short_string_.span());
    if (!string.ok()) return FailReading(string.error(), *exporter, "malformed forwarder");
    text = *string;
    const auto forwarder = ParseForwarder(text);
    if (!forwarder.ok()) return FailReading(forwarder.error(), *exporter, "malformed forwarder");
    symbol = forwarder->symbol;
    const Result<Module*> next = FindOrLoad(*exporter, forwarder->dll);
    if (!next.ok()) {
      Describe(first, wanted, text, CompletedName(forwarder->dll));
      return FailLoading(next.error(), importer);
    }
    exporter = *next;
    TRY_STATUS(AddNeed(record, *exporter));
  }
  Describe(first, wanted, text, exporter->Name());
  return Fail(LinkError::Kind::kForwarderCycle, Status::kInvalidImageFormat, importer);
}

Result<Module*> Linker::FindOrLoad(Module& importer, std::string_view name) {
  const std::string_view full = TRY(CompleteDllName(name, completed_name_.span()));
  for (LinkedModule* record : records_) {
    if (EqualIgnoringCase(record->module->Name(), full)) return record->module;
  }
  Module* module = TRY(provider_.Load(importer, full));
  if (!Find(*module)) TRY_STATUS(AddRecord(*module));
  return module;
}

std::string_view Linker::CompletedName(std::string_view name) {
  const auto full = CompleteDllName(name, completed_name_.span());
  return full.ok() ? *full : name;
}

Status Linker::AddRecord(Module& module) {
  if (records_.size() == kMaxModules) return Status::kTooManyLinks;
  LinkedModule* record =
      new (std::nothrow) LinkedModule{.module = &module, .bindings = {}, .needs = {}};
  if (!record) return Status::kNoMemory;
  const Status status = records_.Push(record);
  if (IsFailure(status)) delete record;
  return status;
}

Status Linker::AddNeed(LinkedModule& record, Module& needed) {
  for (const Module* known : record.needs) {
    if (known == &needed) return Status::kSuccess;
  }
  return record.needs.Push(&needed);
}

void Linker::DropFrom(u32 record_count, u32 order_count) {
  while (order_.size() > order_count) order_.Pop();
  while (records_.size() > record_count) {
    delete records_.back();
    records_.Pop();
  }
  entered_ = record_count;
}

Status Linker::Fail(LinkError::Kind kind, Status status, const Module& module, const char* reason) {
  error_->kind = kind;
  error_->status = status;
  error_->reason = reason;
  error_->importer = module.Name();
  return status;
}

Status Linker::FailLoading(Status status, const Module& importer) {
  using Kind = LinkError::Kind;
  switch (status) {
    case Status::kDllNotFound:
      return Fail(Kind::kMissingDll, status, importer);
    case Status::kNoMemory:
      return Fail(Kind::kOther, status, importer);
    case Status::kTooManyLinks:
      return Fail(Kind::kTooManyModules, status, importer);
    default:
      return Fail(Kind::kUnusableDll, status, importer);
  }
}

Status Linker::FailReading(Status status, const Module& module, const char* reason) {
  const bool malformed = status == Status::kInvalidImageFormat;
  return Fail(malformed ? LinkError::Kind::kMalformed : LinkError::Kind::kOther, status, module,
              reason);
}

Status Linker::FailFinding(Status status, const Module& importer, const Module& exporter,
                           const char* reason) {
  if (status == Status::kEntryPointNotFound || status == Status::kOrdinalNotFound) {
    return Fail(LinkError::Kind::kMissingSymbol, status, importer);
  }
  return FailReading(status, exporter, *reason != 0 ? reason : "malformed export table");
}

void Linker::Describe(const Module& first, const SymbolRef& wanted, std::string_view forwarder,
                      std::string_view forwarder_dll) {
  char symbol[128];
  if (wanted.by_ordinal()) {
    error_->symbol = Format(symbol, "ordinal %u", unsigned(wanted.ordinal));
  } else {
    error_->symbol = Format(symbol, "\"%.*s\"", int(wanted.name.size()), wanted.name.data());
  }
  error_->dll = first.Name();
  error_->forwarder = forwarder;
  error_->forwarder_dll = forwarder_dll;
}

}  // namespace fl::pe
