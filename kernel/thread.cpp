// Thread: see thread.h.
#include "kernel/thread.h"

#include <new>

#include "kernel/io_request.h"
#include "kernel/kernel.h"
#include "kernel/loader/loader_call.h"
#include "kernel/loader/static_tls.h"

namespace fl::kernel {
namespace {

constexpr u32 kKernelStackPages = 3;
u32 next_thread_id = 4;

}  // namespace

Result<RefPtr<Thread>> Thread::Create(mm::AddressSpace& system, RefPtr<Process> process,
                                      x86::ThreadEntry entry, void* argument) {
  auto thread = AdoptRef(new (std::nothrow) Thread(&system));
  if (!thread) return Status::kNoMemory;
  // One page more than is committed: an overflow meets a page that is not there.
  const mm::ByteRange reserved = TRY(system.Allocate({.base = {},
                                                      .size = (kKernelStackPages + 1) * kPageSize,
                                                      .type = mm::kMemReserve,
                                                      .protection = mm::kPageReadWrite}));
  thread->stack_base_ = reserved.base.value;
  thread->stack_size_ = reserved.size;
  const VirtAddr bottom = reserved.base + kPageSize;
  TRY(system.Allocate({.base = bottom,
                       .size = kKernelStackPages * kPageSize,
                       .type = mm::kMemCommit,
                       .protection = mm::kPageReadWrite}));
  // Eagerly: the processor needs its stack to report that a page is absent.
  for (VirtPage page = PageOf(bottom); page < PageOf(reserved.base) + reserved.size / kPageSize;
       ++page) {
    TRY_STATUS(system.MapZeroPage(page, system.Look(page).region));
  }
  constexpr u32 kFrameRoom = AlignUp(u32(sizeof(x86::TrapFrame)), 16u);
  thread->saved_esp =
      x86::PrepareStack(static_cast<std::byte*>(thread->stack_top()) - kFrameRoom, entry, argument);
  thread->create_time = TheKernel().clock.SystemTime();
  thread->id_ = next_thread_id;
  next_thread_id += 4;
  x86::InitFpuState(thread->fpu);
  if (process) {
    process->AddThread(*thread);
    thread->process_id_ = process->id();
  }
  thread->process_ = std::move(process);
  return thread;
}

Thread::~Thread() {
  LeaveProcess();
  FreeStack();
}

void Thread::FreeStack() {
  if (stack_size_ == 0) return;
  const Result<mm::ByteRange> freed = system_->Free(VirtAddr(stack_base_), 0, mm::kMemRelease);
  KASSERT(freed.ok());
  stack_size_ = 0;
}

void Thread::LeaveProcess() {
  impersonation = nullptr;
  if (!process_) return;
  CancelRequestsOf(*this);
  LoaderCall::DropAll(*this);
  DropThreadTls(*this);
  alerts.Clear();
  const RefPtr<Process> process = std::move(process_);
  // The program may have freed them itself, or be at its end with everything else.
  if (user_stack.base.value != 0) {
    (void)process->space().Free(user_stack.deallocation_base, 0, mm::kMemRelease);
  }
  if (owns_teb) (void)process->space().Free(teb, 0, mm::kMemRelease);
  teb = {};
  process->RemoveThread(*this);
}

void Thread::Terminate(u32 exit_status) {
  if (ending_) return;
  ending_ = true;
  exit_status_ = exit_status;
  TheKernel().scheduler.InterruptSleep(*this);
}

void Thread::Alert() {
  if (!TheKernel().scheduler.EndAlertableSleep(*this, WakeReason::kAlerted)) alerts.SetAlerted();
}

Status Thread::QueueCall(const UserCall& call) {
  TRY_STATUS(alerts.Queue(call));
  if (TheKernel().scheduler.EndAlertableSleep(*this, WakeReason::kUserApc)) alerts.SetPending();
  return Status::kSuccess;
}

void Thread::QueueCall(UserApc& apc) {
  alerts.Queue(apc);
  if (TheKernel().scheduler.EndAlertableSleep(*this, WakeReason::kUserApc)) alerts.SetPending();
}

void Thread::QueueOwnCall(UserApc& apc) {
  alerts.QueueOwn(apc);
  if (TheKernel().scheduler.EndAlertableSleep(*this, WakeReason::kUserApc)) alerts.SetPending();
}

void Thread::OnWaitFinished(Wait& finished) { TheKernel().scheduler.EndWait(*this, finished); }

Result<u32> Thread::Suspend() {
  if (ending_) return Status::kThreadIsTerminating;
  if (suspend_count_ == kMaximumSuspendCount) return Status::kSuspendCountExceeded;
  return u32(suspend_count_++);
}

u32 Thread::Resume() {
  const u32 previous = suspend_count_;
  if (suspend_count_ != 0 && --suspend_count_ == 0) {
    TheKernel().scheduler.WakeAll(&suspend_count_);
  }
  return previous;
}

void Thread::SleepWhileSuspended() {
  while (suspend_count_ != 0 && !ending_) {
    TheKernel().scheduler.WaitUntil(&suspend_count_, kNever, Interruptible::kYes);
  }
}

}  // namespace fl::kernel
