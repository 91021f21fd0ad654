// System calls: the loader's part of ntdll.dll, which NT has in user mode: loading and unloading at run time.
// Signatures and statuses: phnt's declarations of Ldr* and RtlExitUserProcess, and Microsoft Learn.
#include <new>

#include "kernel/base/log.h"
#include "kernel/kernel.h"
#include "kernel/loader/link_session.h"
#include "kernel/loader/loader_call.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/unicode.h"
#include "pe/module_name.h"

namespace fl::kernel {
namespace {

constexpr u32 kLongestPath = 0x7FFF;
/// Newer NT takes flags in the place of a search path.
constexpr u32 kLowestPointer = 0x10000;
constexpr u32 kDontResolveReferences = 2;

class ScopedLoaderLock {
 public:
  explicit ScopedLoaderLock(LoaderLock& lock) : lock_(lock), status_(lock.Acquire()) {}
  ~ScopedLoaderLock() {
    if (IsSuccess(status_)) lock_.Release();
  }
  ScopedLoaderLock(const ScopedLoaderLock&) = delete;
  ScopedLoaderLock& operator=(const ScopedLoaderLock&) = delete;
  Status status() const { return status_; }

 private:
  LoaderLock& lock_;
  const Status status_;
};

/// A zero-terminated search path; empty for none.
Result<Vector<char>> ReadSearchPath(u32 address) {
  Vector<char> path;
  if (address < kLowestPointer) return path;
  Vector<char16_t> text;
  for (;;) {
    const auto c = TRY(ReadUser<char16_t>(address + 2 * text.size()));
    if (c == 0) break;
    if (text.size() == kLongestPath) return Status::kNameTooLong;
    TRY_STATUS(text.Push(c));
  }
  TRY_STATUS(AppendUtf8(text.span(), path));
  return path;
}

/// The DLL's name from a UNICODE_STRING, completed by ".dll".
class DllName {
 public:
  static Result<DllName> Read(u32 unicode_string) {
    DllName name;
    Vector<char> text;
    const Vector<char16_t> wide = TRY(ReadUnicodeString(unicode_string));
    TRY_STATUS(AppendUtf8(wide.span(), text));
    TRY_STATUS(name.buffer_.Resize(text.size() + 4));
    const auto full = pe::CompleteDllName({text.data(), text.size()}, name.buffer_.span());
    if (!full.ok()) return Status::kDllNotFound;
    name.length_ = u32(full->size());
    return name;
  }
  std::string_view view() const { return {buffer_.data(), length_}; }
  bool IsNtdll() const { return pe::EqualIgnoringCase(view(), VirtualNtdll::kName); }

 private:
  Vector<char> buffer_;
  u32 length_ = 0;
};

/// A session and the words about its failure: too large for the stack.
struct Session {
  explicit Session(Process& process) : link(process, error) {}
  LoadError error;
  LinkSession link;
};

class ScopedSession {
 public:
  explicit ScopedSession(Process& process) : session_(new (std::nothrow) Session(process)) {}
  ~ScopedSession() { delete session_; }
  ScopedSession(const ScopedSession&) = delete;
  ScopedSession& operator=(const ScopedSession&) = delete;
  bool ok() const { return session_ != nullptr; }
  Session* operator->() const { return session_; }

 private:
  Session* session_;
};

Result<LoadedModule*> LoadDll(Process& process, const DllName& name, std::string_view path) {
  ScopedSession session(process);
  if (!session.ok()) return Status::kNoMemory;
  const Result<LoadedModule*> module = session->link.LoadDll(name.view(), path);
  if (!module.ok()) Log(LogLevel::kInfo, "%s", session->error.message);
  return module;
}

/// What LdrGetProcedureAddress is asked for; `buffer` holds the name.
Result<pe::SymbolRef> ReadSymbol(u32 ansi_string, u32 ordinal, Vector<char>& buffer) {
  if (ansi_string == 0) {
    if (ordinal == 0 || ordinal > 0xFFFF) return Status::kOrdinalNotFound;
    return pe::SymbolRef{.name = {}, .ordinal = u16(ordinal)};
  }
  const auto string = TRY(ReadUser<UserUnicodeString>(ansi_string));
  if (string.length == 0 || string.length >= pe::kSymbolSize) return Status::kEntryPointNotFound;
  TRY_STATUS(buffer.Resize(string.length));
  TRY_STATUS(CopyFromUser(buffer.data(), string.buffer, string.length));
  return pe::SymbolRef{.name = {buffer.data(), buffer.size()}};
}

/// `exporter` null: the kernel's own ntdll.dll.
Result<u32> FindSymbol(Process& process, LoadedModule* exporter, const pe::SymbolRef& symbol) {
  VirtualNtdll ntdll;
  pe::Module& module = exporter ? static_cast<pe::Module&>(*exporter) : ntdll;
  const pe::Export found = TRY(module.FindExport(symbol, nullptr));
  if (!found.forwarder) return module.Base().value + found.rva.value;
  ScopedSession session(process);
  if (!session.ok()) return Status::kNoMemory;
  const Result<u32> address = session->link.FindSymbol(exporter, symbol);
  if (!address.ok()) Log(LogLevel::kInfo, "%s", session->error.message);
  return address;
}

}  // namespace

Status LdrLoadDll(const SystemCall& call) {
  const u32 path_pointer = call[0], flags_pointer = call[1], out = call[3];
  TRY_STATUS(ProbeForWrite(out, sizeof(u32)));
  const DllName name = TRY(DllName::Read(call[2]));
  const Vector<char> path = TRY(ReadSearchPath(path_pointer));
  const u32 flags = flags_pointer ? TRY(ReadUser<u32>(flags_pointer)) : 0;
  if ((flags & kDontResolveReferences) != 0) return Status::kNotImplemented;
  if (name.IsNtdll()) return WriteUser(out, kStubsBase.value);

  Thread& thread = TheKernel().scheduler.current();
  LoaderCall* const loading =
      TRY(LoaderCall::Begin(thread, LoaderTask::kLoad, thread.user_frame()));
  const Result<LoadedModule*> root = LoadDll(call.process, name, {path.data(), path.size()});
  if (!root.ok()) {
    LoaderCall::End(thread);
    return root.error();
  }
  ++(*root)->loads;
  loading->SetResult(out, (*root)->Base().value);
  const Status status = loading->SetAttach(call.process.modules(), **root);
  if (IsFailure(status)) loading->Fail(status);
  return loading->Run(thread, thread.user_frame());
}

Status LdrUnloadDll(const SystemCall& call) {
  const VirtAddr base(call[0]);
  if (base == kStubsBase) return Status::kSuccess;
  Thread& thread = TheKernel().scheduler.current();
  LoaderCall* const unloading =
      TRY(LoaderCall::Begin(thread, LoaderTask::kUnload, thread.user_frame()));
  ModuleList& modules = call.process.modules();
  LoadedModule* const module = modules.FindByBase(base);
  if (!module) {
    LoaderCall::End(thread);
    return Status::kDllNotFound;
  }
  // What the program needs stays, and so does what only other DLLs asked for.
  module->GiveBackLoad();
  return unloading->Run(thread, thread.user_frame());
}

Status LdrGetDllHandle(const SystemCall& call) {
  const u32 path_pointer = call[0], out = call[3];
  TRY_STATUS(ProbeForWrite(out, sizeof(u32)));
  const DllName name = TRY(DllName::Read(call[2]));
  const Vector<char> path = TRY(ReadSearchPath(path_pointer));
  if (name.IsNtdll()) return WriteUser(out, kStubsBase.value);
  ModuleList& modules = call.process.modules();
  const ScopedLoaderLock lock(modules.lock);
  TRY_STATUS(lock.status());
  const LoadedModule* module = nullptr;
  if (IsPath(name.view())) {
    const auto file = TRY(modules.search.Find(name.view(), {path.data(), path.size()}));
    module = modules.FindByFile(file->Id());
  } else {
    module = modules.FindByName(name.view());
  }
  return module ? WriteUser(out, module->Base().value) : Status::kDllNotFound;
}

Status LdrGetProcedureAddress(const SystemCall& call) {
  const VirtAddr base(call[0]);
  const u32 out = call[3];
  TRY_STATUS(ProbeForWrite(out, sizeof(u32)));
  Vector<char> name;
  const pe::SymbolRef symbol = TRY(ReadSymbol(call[1], call[2], name));
  ModuleList& modules = call.process.modules();
  Thread& thread = TheKernel().scheduler.current();
  LoaderCall* const finding =
      TRY(LoaderCall::Begin(thread, LoaderTask::kFindSymbol, thread.user_frame()));
  LoadedModule* const exporter = modules.FindByBase(base);
  const Result<u32> address = exporter || base == kStubsBase
                                  ? FindSymbol(call.process, exporter, symbol)
                                  : Result<u32>(Status::kDllNotFound);
  if (!address.ok()) {
    LoaderCall::End(thread);
    return address.error();
  }
  finding->SetResult(out, *address);
  if (exporter) {
    const Status status = finding->SetAttach(modules, *exporter);
    if (IsFailure(status)) finding->Fail(status);
  }
  return finding->Run(thread, thread.user_frame());
}

Status LdrDisableThreadCalloutsForDll(const SystemCall& call) {
  ModuleList& modules = call.process.modules();
  const ScopedLoaderLock lock(modules.lock);
  TRY_STATUS(lock.status());
  LoadedModule* const module = modules.FindByBase(VirtAddr(call[0]));
  // NT refuses those whose threads have variables to set up.
  if (!module || module->tls.present()) return Status::kDllNotFound;
  module->thread_calls = false;
  return Status::kSuccess;
}

Status RtlExitUserProcess(const SystemCall& call) {
  Thread& thread = TheKernel().scheduler.current();
  return ExitProcessCalls(thread, thread.user_frame(), call[0]);
}

Status RtlExitUserThread(const SystemCall& call) {
  Thread& thread = TheKernel().scheduler.current();
  return ExitThreadCalls(thread, thread.user_frame(), call[0]);
}

}  // namespace fl::kernel
