// UserMode: NT's own user mode, if the volume has it: an ntdll.dll that links programs itself. The kernel maps
// it with every program, starts threads in it, and answers its system calls.
// Owns:        the image and what was learned of it, the API set map, the page of times and versions.
// Lives:       from the volume's mount on, for ever, so that what it holds is no program's.
// Invariants:  ntdll's variables that lead into the kernel are bound like imports: its pages are the same for
//              all processes, and nothing writes to them at a program's start.
// Source:      Wine 8's ntdll.dll.
#pragma once

#include "kernel/nt/call_numbers.h"
#include "kernel/nt/shared_user_data.h"
#include "mm/data_section.h"
#include "mm/image_cache.h"

namespace fl::kernel {

struct Kernel;

/// What the kernel enters ntdll by.
struct NtdllEntries {
  Rva initialize_thunk;      ///< LdrInitializeThunk: where a thread begins.
  Rva user_thread_start;     ///< RtlUserThreadStart: where it goes on.
  Rva exception_dispatcher;  ///< KiUserExceptionDispatcher
  Rva apc_dispatcher;        ///< KiUserApcDispatcher
  Rva syscall_dispatcher;    ///< The variables __wine_syscall_dispatcher and
  Rva unix_call_dispatcher;  ///< __wine_unix_call_dispatcher.
};

/// A file of which a part is mapped for programs to read.
struct MappedFile {
  RefPtr<mm::DataSection> section;
  u32 offset = 0;  ///< Of what is wanted.
};

class UserMode {
 public:
  static constexpr std::string_view kDirectory = "windows\\system32\\";

  /// kObjectNameNotFound or kObjectPathNotFound if the volume has none, kEntryPointNotFound if its ntdll.dll
  /// does not link programs.
  static Result<UserMode*> Load(Kernel& kernel);

  /// ntdll at the base that everybody shares, or for whom has something else there, variant > 0.
  Result<RefPtr<mm::ImageSection>> Ntdll(u32 variant) const;
  const NtdllEntries& entries() const { return entries_; }
  /// The API set map; no section if the volume has none.
  const MappedFile& api_sets() const { return api_sets_; }
  SharedUserData& user_data() { return *user_data_; }

  /// Bits 12 and 13 of a number say whose stubs it comes from.
  static constexpr u32 kTableShift = 12;
  /// Null: nobody answers.
  const SystemCallEntry* FindCall(u32 number) const {
    return number >> kTableShift == 0   ? ntdll_calls_.Find(number)
           : number >> kTableShift == 1 ? win32u_calls_.Find(number & ((1u << kTableShift) - 1))
                                        : nullptr;
  }
  /// Can programs make this call?
  bool Answers(const SystemCallEntry& entry) const {
    return ntdll_calls_.LeadsTo(entry) || win32u_calls_.LeadsTo(entry);
  }
  /// How many calls ntdll has.
  u32 ntdll_call_count() const { return ntdll_calls_.count(); }
  /// Names it in the log and to the host, the first time; what its caller gets.
  Status RefuseCall(u32 number);
  /// win32u.dll has started in some process: the second table is its, from now on. `dispatcher` as in
  /// CallNumbers::Learn. The first time counts. kAccessDenied for an image that is not system32's own.
  Status LearnWin32u(RefPtr<mm::ImageSection> image, Rva dispatcher);
  /// No program is left: what some had and not all have is given back.
  void ForgetPrograms();

 private:
  explicit UserMode(Kernel& kernel) : kernel_(kernel) {}
  Status LearnNtdll();
  Status MapApiSets();
  Status Bind(mm::ImageSection& ntdll) const;

  Kernel& kernel_;
  RefPtr<fs::File> file_;
  RefPtr<mm::ImageSection> ntdll_;
  RefPtr<mm::ImageSection> win32u_;
  NtdllEntries entries_;
  CallNumbers ntdll_calls_;
  CallNumbers win32u_calls_;
  MappedFile api_sets_;
  SharedUserData* user_data_ = nullptr;
};

}  // namespace fl::kernel
