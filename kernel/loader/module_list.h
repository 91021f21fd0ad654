// ModuleList: the images that a process has loaded, what keeps each of them, and the lock of its loader.
// Order:       ascending in the order of initialisation: a DLL stands behind those that it needs, cycles
//              aside.
// Kept:        the program and all that it needs, for ever; a DLL that LdrLoadDll loaded and LdrUnloadDll
//              did not give back as often; one whose routines run; and whatever those need. The rest is
//              doomed. So a cycle of DLLs goes as one, and no count is kept along the edges.
// Locks:       the loader's: taken by a thread for as long as a call into the loader lasts, the DLLs'
//              routines that it runs included; that thread may take it again. The list changes only under
//              it. A thread's end gives it back.
#pragma once

#include "kernel/loader/dll_search.h"
#include "kernel/loader/loaded_module.h"

namespace fl::kernel {

class Thread;

class LoaderLock {
 public:
  /// Sleeps while another thread has it. kProcessIsTerminating.
  Status Acquire();
  void Release();
  /// The thread is at its end.
  void ReleaseAll(Thread& thread);

 private:
  Thread* owner_ = nullptr;
  u32 depth_ = 0;
};

class ModuleList {
 public:
  static constexpr u32 kMaxModules = pe::Linker::kMaxModules;

  LoadedModule* program() const { return program_; }
  std::span<const RefPtr<LoadedModule>> all() const { return modules_.span(); }
  /// Those that find a module do not find doomed ones.
  LoadedModule* FindByBase(VirtAddr base) const;
  LoadedModule* FindByName(std::string_view name) const;
  LoadedModule* FindByFile(const fs::FileId& file) const;
  /// The one behind (before) `order`, for walks during which the list may change; null at the end.
  LoadedModule* After(u32 order) const;
  LoadedModule* Before(u32 order) const;

  /// Room for so many more. kNoMemory, kTooManyLinks.
  Status Reserve(u32 more);
  /// In order, there is room; the program is among the first.
  void Add(RefPtr<LoadedModule> module);

  /// Marks `root` and all that it needs, and nothing else.
  void MarkFrom(LoadedModule& root);
  /// Dooms, in the name of `by`, what nothing keeps. Is there any?
  bool Doom(const void* by);
  /// A module that `by` has doomed, or null.
  LoadedModule* FindDoomed(const void* by) const;
  void Remove(LoadedModule& module);
  /// With the process' memory.
  void Clear() { modules_ = Vector<RefPtr<LoadedModule>>(); }

  LoaderLock lock;
  DllSearch search;
  bool exiting = false;  ///< The DLLs are being told of the process' end, or have been.

 private:
  void Unmark();
  void Spread();

  Vector<RefPtr<LoadedModule>> modules_;
  LoadedModule* program_ = nullptr;
  u32 next_order_ = 1;
};

}  // namespace fl::kernel
