// Thread: one flow of control: a kernel stack, and for a program's thread its user stack and TEB.
// Owns:        its kernel stack (pages of system space above one page that is never mapped) until the
//              scheduler has left it for good; a reference to its process.
// Lives:       referenced by the scheduler from Start to exit, by handles after that.
// Invariants:  on a ready list <=> kReady; on a sleep list <=> kAsleep. Signalled once it has ended.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "kernel/object.h"
#include "kernel/x86/context.h"
#include "mm/user_stack.h"

namespace fl::kernel {

class LoaderCall;
class Process;

enum class ThreadState : u8 { kNew, kReady, kRunning, kAsleep, kEnded };
enum class WakeReason : u8 { kWoken, kTimeout, kTerminated };

struct ReadyTag;
struct SleepTag;
struct TimerTag;
struct ProcessTag;

inline constexpr u32 kPriorities = 32;
inline constexpr u8 kNormalPriority = 8;

class Thread final : public Object,
                     public ListNode<ReadyTag>,
                     public ListNode<SleepTag>,
                     public ListNode<TimerTag>,
                     public ListNode<ProcessTag> {
 public:
  static constexpr ObjectType kType = ObjectType::kThread;

  /// A thread that will run `entry(argument)` in kernel mode; `process` may be null. kNoMemory,
  /// kCommitmentLimit.
  static Result<RefPtr<Thread>> Create(mm::AddressSpace& system, RefPtr<Process> process,
                                       x86::ThreadEntry entry, void* argument);
  /// For the flow of control that booted the machine; it keeps the boot stack.
  explicit Thread(mm::AddressSpace* system) : Object(kType), system_(system) {}
  ~Thread() override;

  bool IsSignaled() const override { return state == ThreadState::kEnded; }
  Process* process() const { return process_.get(); }
  u32 id() const { return id_; }
  void* stack_top() const { return reinterpret_cast<void*>(stack_base_ + stack_size_); }
  u32 stack_base() const { return stack_base_; }
  /// Called by the scheduler when it runs on another stack.
  void FreeStack();
  /// The entry does not return here any more: what it held goes back.
  void LeaveProcess();

  // The scheduler's.
  ThreadState state = ThreadState::kNew;
  WakeReason wake_reason = WakeReason::kWoken;
  u8 priority = kNormalPriority;
  bool interruptible = false;  ///< Asleep in a way that termination ends.
  u32 saved_esp = 0;
  const void* channel = nullptr;
  u64 deadline = 0;

  // User mode's.
  VirtAddr teb;
  mm::UserStack user_stack;
  x86::FpuState fpu;

  // The loader's; see loader_call.h and static_tls.h.
  LoaderCall* loader_call = nullptr;  ///< Innermost.
  LoaderCall* exit_call = nullptr;    ///< Kept for its end.
  VirtAddr tls_block;

 private:
  mm::AddressSpace* const system_;
  RefPtr<Process> process_;
  u32 id_ = 0;
  u32 stack_base_ = 0;
  u32 stack_size_ = 0;
};

}  // namespace fl::kernel
