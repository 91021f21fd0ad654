// Thread: one flow of control: a kernel stack, and for a program's thread its user stack and TEB.
// Owns:        its kernel stack (pages of system space above one page that is never mapped) until the
//              scheduler has left it for good; a reference to its process, and in it a user stack and a TEB,
//              until it leaves that.
// Lives:       referenced by the scheduler from Start to exit, by handles after that.
// Invariants:  on a ready list <=> kReady; on a sleep list <=> kAsleep. Signalled once it has ended.
//              Termination and suspension are wishes: the thread itself attends to them, where it would
//              return to user mode (see user_thread.h). So it never stops in the middle of kernel work.
#pragma once

#include "kernel/alerts.h"
#include "kernel/base/intrusive_list.h"
#include "kernel/base/vector.h"
#include "kernel/wait.h"
#include "kernel/x86/context.h"
#include "mm/user_stack.h"

namespace fl::kernel {

class IoRequest;
class LoaderCall;
class Process;

enum class ThreadState : u8 { kNew, kReady, kRunning, kAsleep, kEnded };
enum class WakeReason : u8 { kWoken, kTimeout, kTerminated, kAlerted, kUserApc };
/// What ends a sleep before its time: nothing; that the thread is to end; that, and alerts (alerts.h).
enum class Interruptible : u8 { kNo, kYes, kAlertable };

struct ReadyTag;
struct SleepTag;
struct TimerTag;
struct IssuerTag;
struct ProcessTag;

inline constexpr u32 kPriorities = 32;
inline constexpr u8 kNormalPriority = 8;

class Thread final : public Object,
                     public WaitingThread,
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

  bool ended() const { return state == ThreadState::kEnded; }
  bool IsSignaledFor(const WaitingThread&) const override { return ended(); }
  void OnWaitFinished(Wait& wait) override;
  Process* process() const { return process_.get(); }
  u32 id() const { return id_; }
  u32 process_id() const { return process_id_; }
  void* stack_top() const { return reinterpret_cast<void*>(stack_base_ + stack_size_); }
  u32 stack_base() const { return stack_base_; }
  /// The registers that user mode is entered with next: where a trap from user mode stores them.
  x86::TrapFrame& user_frame() const { return static_cast<x86::TrapFrame*>(stack_top())[-1]; }
  /// Called by the scheduler when it runs on another stack.
  void FreeStack();
  /// User mode is behind it for good: what it held in its process goes back.
  void LeaveProcess();

  /// It leaves at its next return to user mode. The first caller's status stays.
  void Terminate(u32 exit_status);
  bool ending() const { return ending_; }
  u32 exit_status() const { return exit_status_; }

  static constexpr u8 kMaximumSuspendCount = 127;
  /// Both return the count as it was. kThreadIsTerminating, kSuspendCountExceeded.
  Result<u32> Suspend();
  u32 Resume();
  /// By the thread itself: returns when it is not suspended any more, or is to end.
  void SleepWhileSuspended();
  u8 suspend_count() const { return suspend_count_; }
  /// Must it attend to something before user mode?
  bool held_up() const { return ending_ || suspend_count_ != 0 || alerts.pending(); }

  // Both end an alertable sleep, or wait for the next one. Queue: kNoMemory, kInsufficientResources.
  void Alert();
  Status QueueCall(const UserCall& call);
  void QueueCall(UserApc& apc);
  /// `apc`, by `new`, is the thread's from now on.
  void QueueOwnCall(UserApc& apc);

  // The scheduler's.
  ThreadState state = ThreadState::kNew;
  WakeReason wake_reason = WakeReason::kWoken;
  u8 priority = kNormalPriority;
  Interruptible interruptible = Interruptible::kNo;  ///< How it sleeps.
  u32 saved_esp = 0;
  const void* channel = nullptr;
  Wait* wait = nullptr;  ///< That it is in.
  u64 deadline = 0;
  u64 user_time = 0;  ///< In user mode, by ticks; 100 ns.

  // User mode's.
  VirtAddr teb;
  bool owns_teb = false;  ///< It is an allocation of its own.
  mm::UserStack user_stack;
  x86::FpuState fpu;
  Alerts alerts;
  bool alerted_by_id = false;  ///< NtAlertThreadByThreadId's own alert.
  VirtAddr start_address;
  u64 create_time = 0, exit_time = 0;  ///< Dates.
  Vector<char16_t> description;
  bool hidden_from_debugger = false;

  RefPtr<Object> impersonation;  ///< The token that it acts with instead of its process'.

  IntrusiveList<IoRequest, IssuerTag> io_requests;  ///< That it has made.
  // A call of its that sleeps until a file lets it go on; somebody wishes that it did not.
  bool in_synchronous_io = false;
  bool synchronous_io_cancelled = false;

  // The loader's; see loader_call.h and static_tls.h.
  LoaderCall* loader_call = nullptr;  ///< Innermost.
  LoaderCall* exit_call = nullptr;    ///< Kept for its end.
  mm::ByteRange tls_block;

 private:
  mm::AddressSpace* const system_;
  RefPtr<Process> process_;
  bool ending_ = false;
  u8 suspend_count_ = 0;
  u32 exit_status_ = 0x103;  ///< STATUS_PENDING while it runs, as on NT.
  u32 id_ = 0;
  u32 process_id_ = 0;
  u32 stack_base_ = 0;
  u32 stack_size_ = 0;
};

}  // namespace fl::kernel
