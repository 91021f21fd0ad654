// Process: see process.h.
#include "kernel/process.h"

#include <new>

#include "kernel/kernel.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

// NT's user space: the lowest and highest 64 KiB are nobody's.
constexpr VirtPage kUserFirst{0x10};
constexpr VirtPage kUserEnd{0x7FFF0};
u32 next_process_id = 4;

}  // namespace

Process::Process(u32 id, u32 parent_id)
    : Object(kType), id_(id), parent_id_(parent_id), cookie_(u32(x86::ReadCycles()) * 0x9E3779B1) {}

Result<RefPtr<Process>> Process::Create(u32 parent_id) {
  Kernel& kernel = TheKernel();
  auto process = AdoptRef(new (std::nothrow) Process(next_process_id, parent_id));
  if (!process) return Status::kNoMemory;
  process->page_table_ = TRY(x86::UserPageTable::Create(kernel.memory.system_table));
  process->space_ = new (std::nothrow) mm::AddressSpace(kernel.pager, *process->page_table_,
                                                        kUserFirst, kUserEnd, mm::SpaceKind::kUser);
  if (!process->space_) return Status::kNoMemory;
  next_process_id += 4;
  process->create_time = kernel.clock.SystemTime();
  kernel.processes.PushBack(*process);
  kernel.all_processes.PushBack(*process);
  return process;
}

Process::~Process() {
  KASSERT(threads_.empty());
  GiveBack();
  if (ListNode<AllProcessesTag>::linked()) ListNode<AllProcessesTag>::Unlink();
}

Process::SpaceUse::~SpaceUse() {
  if (--process_->space_users_ == 0) TheKernel().scheduler.WakeAll(&process_->space_users_);
}

u64 Process::UserTime() {
  u64 time = ended_threads_time_;
  for (const Thread& thread : threads_) time += thread.user_time;
  return time;
}

VmCounters Process::MemoryCounters() const {
  VmCounters counters{};
  counters.page_faults = page_faults;
  if (!space_) return counters;
  const mm::RegionTree& tree = space_->regions();
  for (auto region = tree.FindFrom(tree.first()); region;
       region = tree.FindFrom(region->range.end())) {
    counters.virtual_size += region->range.pages * kPageSize;
    if (region->range.end() >= tree.end()) break;
  }
  counters.peak_virtual_size = counters.virtual_size;
  counters.working_set = space_->private_pages() * kPageSize;
  counters.peak_working_set = space_->private_pages_peak() * kPageSize;
  counters.page_file = counters.private_bytes = space_->committed_pages() * kPageSize;
  counters.peak_page_file = counters.page_file;
  return counters;
}

const LoadedImage* Process::FindImage(VirtAddr address) const {
  for (const LoadedImage& image : images_) {
    if (address >= image.base && address - image.base < image.section->layout().mapped_size()) {
      return &image;
    }
  }
  return nullptr;
}

void Process::ForgetImage(VirtAddr base) {
  for (u32 i = 0; i < images_.size(); ++i) {
    if (images_[i].base == base) return images_.Remove(i);
  }
}

void Process::Terminate(u32 exit_status) {
  if (terminating_) return;
  terminating_ = true;
  exit_status_ = exit_status;
  for (Thread& thread : threads_) thread.Terminate(exit_status);
}

void Process::TerminateOtherThreads(const Thread& survivor, u32 exit_status) {
  for (Thread& thread : threads_) {
    if (&thread != &survivor) thread.Terminate(exit_status);
  }
}

void Process::AddThread(Thread& thread) {
  threads_.PushBack(thread);
  ++thread_count_;
}

Thread* Process::FindThread(u32 id) {
  for (Thread& thread : threads_) {
    if (thread.id() == id) return &thread;
  }
  return nullptr;
}

void Process::RemoveThread(Thread& thread) {
  IntrusiveList<Thread, ProcessTag>::Remove(thread);
  --thread_count_;
  ended_threads_time_ += thread.user_time;
  if (thread_count_ != 0) return;
  if (!terminating_) exit_status_ = thread.exit_status();
  terminating_ = true;
  TheKernel().memory.system_table.Activate();
  GiveBack();
  exit_time = TheKernel().clock.SystemTime();
  ended_ = true;
  EndWaits(*this);
  TheKernel().scheduler.WakeAll(&TheKernel().processes);
}

void Process::GiveBack() {
  handles_.CloseAll();
  while (space_users_ != 0) TheKernel().scheduler.Sleep(&space_users_);
  delete space_;
  space_ = nullptr;
  images_ = Vector<LoadedImage>();
  modules_.Clear();
  token = nullptr;
  delete page_table_;
  page_table_ = nullptr;
  if (ListNode<Process>::linked()) ListNode<Process>::Unlink();
}

}  // namespace fl::kernel
