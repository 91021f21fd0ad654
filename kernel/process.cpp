// Process: see process.h.
#include "kernel/process.h"

#include <new>

#include "kernel/kernel.h"

namespace fl::kernel {
namespace {

// NT's user space: the lowest and highest 64 KiB are nobody's.
constexpr VirtPage kUserFirst{0x10};
constexpr VirtPage kUserEnd{0x7FFF0};
u32 next_process_id = 4;

}  // namespace

Result<RefPtr<Process>> Process::Create(u32 parent_id) {
  Kernel& kernel = TheKernel();
  auto process = AdoptRef(new (std::nothrow) Process(next_process_id, parent_id));
  if (!process) return Status::kNoMemory;
  process->page_table_ = TRY(x86::UserPageTable::Create(kernel.memory.system_table));
  process->space_ = new (std::nothrow) mm::AddressSpace(kernel.pager, *process->page_table_,
                                                        kUserFirst, kUserEnd, mm::SpaceKind::kUser);
  if (!process->space_) return Status::kNoMemory;
  next_process_id += 4;
  kernel.processes.PushBack(*process);
  return process;
}

Process::~Process() {
  KASSERT(threads_.empty());
  GiveBack();
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
  if (thread_count_ != 0) return;
  if (!terminating_) exit_status_ = thread.exit_status();
  terminating_ = true;
  TheKernel().memory.system_table.Activate();
  GiveBack();
  ended_ = true;
  EndWaits(*this);
  TheKernel().scheduler.WakeAll(&TheKernel().processes);
}

void Process::GiveBack() {
  handles_.CloseAll();
  delete space_;
  space_ = nullptr;
  images_ = Vector<LoadedImage>();
  modules_.Clear();
  token = nullptr;
  delete page_table_;
  page_table_ = nullptr;
  if (linked()) Unlink();
}

}  // namespace fl::kernel
