// Provoke: see provoke.h.
#include "kernel/provoke.h"

#include "kernel/bugcheck.h"
#include "kernel/kernel.h"

namespace fl::kernel {
namespace {

[[gnu::noinline]] u32 OverflowStack(u32 depth) {
  volatile u32 room[64];
  room[0] = depth;
  // After 2^32 calls: the compiler wants an end.
  return depth == ~0u ? 0 : OverflowStack(depth + 1) + room[0];
}

void OverflowThreadStack(void*) {
  TheKernel().scheduler.FinishSwitch();
  (void)OverflowStack(0);
}

}  // namespace

void Provoke(Provocation kind) {
  switch (kind) {
    case Provocation::kNone:
      return;
    case Provocation::kBugcheck:
      Bugcheck("the command line asks for a bugcheck");
    case Provocation::kStackOverflow: {
      Scheduler& scheduler = TheKernel().scheduler;
      const auto thread =
          Thread::Create(TheKernel().system_space, nullptr, OverflowThreadStack, nullptr);
      KASSERT(thread.ok());
      scheduler.Start(*thread);
      scheduler.Sleep(thread->get());
      return;
    }
    case Provocation::kBootStackOverflow:
      (void)OverflowStack(0);
      return;
    case Provocation::kUserAccess:
      *reinterpret_cast<volatile u32*>(std::uintptr_t{0x10000}) = 1;
      return;
  }
}

}  // namespace fl::kernel
