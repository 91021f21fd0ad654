// Thread: see thread.h.
#include "kernel/thread.h"

#include <new>

#include "kernel/process.h"

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
  thread->saved_esp = x86::PrepareStack(thread->stack_top(), entry, argument);
  thread->id_ = next_thread_id;
  next_thread_id += 4;
  x86::InitFpuState(thread->fpu);
  if (process) process->AddThread(*thread);
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
  if (!process_) return;
  const RefPtr<Process> process = std::move(process_);
  process->RemoveThread(*this);
}

}  // namespace fl::kernel
