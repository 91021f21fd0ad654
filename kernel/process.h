// Process: an address space, the handles and threads in it, and the images that it maps.
// Owns:        all of these until its last thread has left; after that only its exit status.
// Lives:       referenced by its threads and by handles.
// Invariants:  terminating is set once and never cleared; the exit status that came first stays. A process
//              that is not told to end ends with its last thread, and with that one's status.
//              What is not to end under somebody who sleeps is kept: see SpaceUse.
//              Signalled once everything it had is given back.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/file_object.h"
#include "kernel/handle_table.h"
#include "kernel/loader/module_list.h"
#include "kernel/thread.h"
#include "kernel/x86/page_table.h"
#include "mm/address_space.h"
#include "mm/image_section.h"

namespace fl::kernel {

class UserMode;

/// A mapped image of a process.
struct LoadedImage {
  RefPtr<mm::ImageSection> section;
  VirtAddr base;
};

/// VM_COUNTERS_EX. The working set is what is the process' alone.
struct VmCounters {
  u32 peak_virtual_size, virtual_size;
  u32 page_faults;
  u32 peak_working_set, working_set;
  u32 peak_paged_pool, paged_pool, peak_nonpaged_pool, nonpaged_pool;
  u32 page_file, peak_page_file;
  u32 private_bytes;
};
static_assert(sizeof(VmCounters) == 0x30);

struct AllProcessesTag;

class Process final : public Object, public ListNode<Process>, public ListNode<AllProcessesTag> {
 public:
  static constexpr ObjectType kType = ObjectType::kProcess;

  /// kNoMemory, kCommitmentLimit.
  static Result<RefPtr<Process>> Create(u32 parent_id);
  ~Process() override;

  bool ended() const { return ended_; }
  bool IsSignaledFor(const WaitingThread&) const override { return ended_; }
  u32 id() const { return id_; }
  u32 parent_id() const { return parent_id_; }
  mm::AddressSpace& space() { return *space_; }
  bool has_space() const { return space_ != nullptr; }
  /// While there is one, the space stays although the process ends: others look into it and sleep.
  class SpaceUse {
   public:
    /// `process` has a space.
    explicit SpaceUse(Process& process) : process_(&process) { ++process.space_users_; }
    ~SpaceUse();
    SpaceUse(const SpaceUse&) = delete;
    SpaceUse& operator=(const SpaceUse&) = delete;

   private:
    const RefPtr<Process> process_;
  };
  x86::UserPageTable* page_table() const { return page_table_; }
  HandleTable& handles() { return handles_; }
  Vector<LoadedImage>& images() { return images_; }
  /// The image that `address` lies in, or null.
  const LoadedImage* FindImage(VirtAddr address) const;
  /// A view of an image is gone: it was the one at `base`.
  void ForgetImage(VirtAddr base);
  /// What the loader has loaded; images that the program mapped by itself are not among them.
  ModuleList& modules() { return modules_; }
  const ModuleList& modules() const { return modules_; }

  /// The first caller's status is the exit status; all threads leave at their next return to user mode.
  void Terminate(u32 exit_status);
  bool terminating() const { return terminating_; }
  u32 exit_status() const { return exit_status_; }

  IntrusiveList<Thread, ProcessTag>& threads() { return threads_; }
  /// All but `survivor` leave.
  void TerminateOtherThreads(const Thread& survivor, u32 exit_status);

  void AddThread(Thread& thread);
  /// By the thread itself. The last one gives everything back; the system's page table is active after.
  void RemoveThread(Thread& thread);

  u32 thread_count() const { return thread_count_; }
  /// Of those that have not left. Null if there is none.
  Thread* FindThread(u32 id);

  /// What links it, if that is not the kernel.
  UserMode* user_mode() const { return user_mode_; }
  /// Where its ntdll lies.
  VirtAddr ntdll() const { return ntdll_; }
  void SetUserMode(UserMode* user_mode, VirtAddr ntdll) {
    user_mode_ = user_mode;
    ntdll_ = ntdll;
  }

  /// What it may do: a token; null until somebody asks.
  RefPtr<Object> token;
  Vector<char16_t> image_path;  ///< Of its program: "C:\\dir\\a.exe".

  u64 create_time = 0, exit_time = 0;  ///< Dates.
  /// Of all its threads in user mode, by ticks; 100 ns.
  u64 UserTime();
  /// Zeros once it has given its memory back.
  VmCounters MemoryCounters() const;
  u32 page_faults = 0;
  /// What it may hide its pointers with.
  u32 cookie() const { return cookie_; }
  // What programs set, and only programs ask for.
  u32 hard_error_mode = 0;
  u8 priority_class = 2;  ///< PROCESS_PRIORITY_CLASS_NORMAL

  VirtAddr peb;
  bool wants_timer_resolution = false;  ///< By NtSetTimerResolution.
  /// What the program's image asks for each of its threads, in bytes.
  u32 stack_reserve = 0;
  u32 stack_commit = 0;

 private:
  Process(u32 id, u32 parent_id);
  void GiveBack();

  const u32 id_;
  const u32 parent_id_;
  x86::UserPageTable* page_table_ = nullptr;
  mm::AddressSpace* space_ = nullptr;
  HandleTable handles_;
  UserMode* user_mode_ = nullptr;
  VirtAddr ntdll_;
  Vector<LoadedImage> images_;
  ModuleList modules_;
  IntrusiveList<Thread, ProcessTag> threads_;
  u32 thread_count_ = 0;
  const u32 cookie_;
  u64 ended_threads_time_ = 0;
  u32 space_users_ = 0;
  bool terminating_ = false;
  bool ended_ = false;
  u32 exit_status_ = 0x103;  ///< STATUS_PENDING while it runs, as on NT.
};

}  // namespace fl::kernel
