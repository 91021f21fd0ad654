// Traps: see traps.h.
#include "kernel/traps.h"

#include "kernel/bugcheck.h"
#include "kernel/exception.h"
#include "kernel/kernel.h"
#include "kernel/monitor.h"
#include "kernel/nt/exception_dispatch.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/user_thread.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/user_copy.h"
#include "kernel/zero_fill.h"

namespace fl::kernel {
namespace {

/// The thread's stack as the fault path wants it; what the program keeps in its TEB is fetched only when
/// the stack is about to grow.
mm::UserStack* StackForFault(Thread& thread, VirtAddr address) {
  mm::UserStack& stack = thread.user_stack;
  if (address < stack.limit && stack.Contains(address)) {
    const Result<u32> guaranteed = ReadUser<u32>(thread.teb.value + kTebGuaranteedStackBytes);
    stack.guaranteed_bytes = guaranteed.ok() ? *guaranteed : 0;
  }
  return &stack;
}

/// The thread that user mode was left from; null before there are threads, or for the kernel's own.
Thread* CurrentUserThread() {
  Kernel* kernel = KernelIfUp();
  if (!kernel || !kernel->scheduler.running()) return nullptr;
  Thread& thread = kernel->scheduler.current();
  return thread.process() ? &thread : nullptr;
}

/// The entry permits it, and the processor does not: it made a program's access as the kernel's own, and would
/// do so again and again. No real one does; QEMU 7.2 does when a program uses IRET or a far RET.
bool IsRefusedBySmap(const x86::TrapFrame& frame, const mm::PageFault& fault,
                     const mm::FaultResult& result) {
  return fault.mode == mm::FaultMode::kKernel && frame.FromUser() &&
         result.fault_case == mm::FaultCase::kAlreadyResolved && x86::Features().smap;
}

/// What touched the page cannot go on: a copy to or from the program fails, the program itself ends.
[[gnu::cold]] void EndAccess(Thread& thread, x86::TrapFrame& frame, const mm::PageFault& fault,
                             const mm::FaultResult& result) {
  if (!frame.FromUser()) {
    if (x86::FixUpKernelFault(frame, result.status)) return;
    BugcheckAt(frame, "page fault: %s of 0x%08x", AccessName(fault.access), fault.address.value);
  }
  RaiseInUserMode(thread, frame,
                  {.status = result.status,
                   .has_address = true,
                   .address = fault.address,
                   .access = fault.access,
                   .cause = result.outcome == mm::FaultOutcome::kInPageError ? result.cause
                                                                             : Status::kSuccess});
}

/// Most often the page fault of a stack that has run into its guard page: the processor finds no room to
/// push that fault's frame.
[[noreturn]] void ReportDoubleFault(const x86::TrapFrame& frame) {
  constexpr u32 kLargestPush = 64;
  Kernel* kernel = KernelIfUp();
  if (kernel && kernel->scheduler.running()) {
    const Thread& thread = kernel->scheduler.current();
    const u32 guard = thread.stack_base();
    if (guard != 0 && frame.StackPointer() - guard < kPageSize + kLargestPush) {
      BugcheckAt(frame, "double fault: the kernel stack of thread %u has overflowed", thread.id());
    }
  }
  BugcheckAt(frame, "double fault: the stack pointer was 0x%08x", frame.StackPointer());
}

}  // namespace

void Traps::BeforeUserMode(x86::TrapFrame& frame) {
  if (frame.FromUser()) LeaveKernel(TheKernel().scheduler);
}

inline void Traps::LeaveKernel(Scheduler& scheduler) {
  if (scheduler.wants_switch()) scheduler.Yield();
  if (scheduler.current().held_up()) AttendBeforeUserMode(scheduler.current());
}

void Traps::OnPageFault(x86::TrapFrame& frame, mm::PageFault& fault) {
  Kernel* kernel = KernelIfUp();
  const bool from_user = frame.FromUser();
  if (!from_user) AbandonMonitorCommand("page fault at 0x%08x", fault.address.value);
  if (!kernel || !kernel->scheduler.running()) {
    if (x86::FixUpKernelFault(frame, Status::kAccessViolation)) return;
    BugcheckAt(frame, "page fault at 0x%08x before there are threads", fault.address.value);
  }
  if (!from_user && !x86::MayFault(frame)) {
    BugcheckAt(frame, "the kernel itself touched 0x%08x (%s)", fault.address.value,
               AccessName(fault.access));
  }
  const u64 start = x86::ReadCycles();
  Thread& thread = kernel->scheduler.current();
  Process* process = thread.process();
  const VirtAddr eip(frame.eip);
  const VirtAddr old_limit = thread.user_stack.limit;
  if (process) ++process->page_faults;
  if (process && thread.teb.value != 0) fault.stack = StackForFault(thread, fault.address);

  if (MayBeZeroFill(frame, fault) && process->has_space()) {
    if (const u32 bytes = StepOverZeroFill(*process, frame)) {
      kernel->faults.CountZeroFill(bytes);
      return LeaveKernel(kernel->scheduler);
    }
  }
  mm::FaultResult result = mm::ResolvePageFault(
      fault, process && process->has_space() ? &process->space() : nullptr, kernel->system_space);
  if (IsRefusedBySmap(frame, fault, result)) {
    result.outcome = mm::FaultOutcome::kAccessViolation;
    result.status = Status::kAccessViolation;
  }
  const FaultRecord& record = kernel->faults.Record(fault, result, eip, process ? process->id() : 0,
                                                    x86::ReadCycles() - start);
  if (kernel->options.trace) kernel->faults.Trace(record);
  if (thread.user_stack.limit != old_limit) {
    // The program may have spoilt its TEB; that is its own loss.
    (void)WriteUser(thread.teb.value + kTebStackLimit, thread.user_stack.limit.value);
  }
  if (result.outcome != mm::FaultOutcome::kResolved) EndAccess(thread, frame, fault, result);
  if (from_user) LeaveKernel(kernel->scheduler);
}

void Traps::OnSystemCall(x86::TrapFrame& frame) {
  DispatchSystemCall(*TheKernel().scheduler.current().process(), frame);
  BeforeUserMode(frame);
}

void Traps::OnInterrupt(x86::TrapFrame& frame, u32 irq) {
  if (!pic_.Accept(irq)) return;
  Kernel* kernel = KernelIfUp();
  if (kernel) kernel->random.Gather(u32(x86::ReadCycles()));
  switch (irq) {
    case drivers::kIrqTimer:
      pit_.OnTick();
      if (kernel) kernel->OnTick(frame.FromUser());
      break;
    case drivers::kIrqCom2:
      if (kernel) kernel->host.OnInterrupt();
      break;
    default:
      if (disks_) disks_->OnInterrupt(irq);
      break;
  }
  pic_.EndOfInterrupt(irq);
  if (irq == drivers::kIrqTimer && kernel && kernel->options.monitor) PollMonitor(frame);
  BeforeUserMode(frame);
}

void Traps::OnException(x86::TrapFrame& frame) {
  if (frame.vector == x86::kVectorDoubleFault) ReportDoubleFault(frame);
  Thread* thread = frame.FromUser() ? CurrentUserThread() : nullptr;
  if (!thread) BugcheckAt(frame, "trap %u, error code 0x%x", frame.vector, frame.error_code);
  RaiseInUserMode(*thread, frame, ExceptionOfTrap(frame));
  BeforeUserMode(frame);
}

}  // namespace fl::kernel
