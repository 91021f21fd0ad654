// UserThread: see user_thread.h.
#include "kernel/user_thread.h"

#include <cstring>

#include "kernel/kernel.h"
#include "kernel/loader/loader_call.h"
#include "kernel/loader/static_tls.h"
#include "kernel/nt/apc_dispatch.h"
#include "kernel/nt/user_mode.h"
#include "kernel/syscall_stubs.h"
#include "kernel/thread_context.h"
#include "kernel/x86/trap.h"

namespace fl::kernel {
namespace {

constexpr u32 kSmallestStack = 0x10000;
constexpr u32 kLargestStack = 0x40000000;
/// NT's step for a stack that was to be larger than the reserve that was asked for.
constexpr u32 kReserveStep = 0x100000;
/// Above what the start routine finds; NT keeps as much free.
constexpr u32 kRoomAboveFrame = 8;

/// The page's bytes, which become present. It is committed and private.
Result<mm::PageBytes> Touch(mm::AddressSpace& space, VirtPage page) {
  mm::AddressSpace::PageState state = space.Look(page);
  if (!state.pte.resident) {
    TRY_STATUS(space.MapZeroPage(page, state.region));
    state = space.Look(page);
  }
  return space.pager().frames.Bytes(state.pte.pfn);
}

/// Writes values at documented offsets of one page.
class PageFields {
 public:
  PageFields(mm::PageBytes bytes, u32 start) : bytes_(bytes), start_(start) {}
  template <class T = u32>
  PageFields& Set(u32 offset, T value) {
    std::memcpy(bytes_.data() + start_ + offset, &value, sizeof(value));
    return *this;
  }

 private:
  mm::PageBytes bytes_;
  u32 start_;
};

struct StackSizes {
  u32 reserve, commit;
};

/// NT's user mode clears this much of each new thread's stack, from below: the guard must lie beneath.
constexpr u32 kSmallestNtStack = 0x100000;

/// Below what is committed there is room for the guard and the page that is never committed.
StackSizes ChooseSizes(const Process& process, u32 reserve, u32 commit) {
  if (reserve == 0) reserve = process.stack_reserve;
  if (commit == 0) commit = process.stack_commit;
  if (reserve > kLargestStack) reserve = kLargestStack;
  if (commit > kLargestStack) commit = kLargestStack;
  if (commit >= reserve) reserve = AlignUp(commit, kReserveStep);
  const u32 smallest = process.user_mode() ? kSmallestNtStack : kSmallestStack;
  if (reserve < smallest) reserve = smallest;
  reserve = AlignUp(reserve, kAllocationGranularity);
  commit = commit == 0 ? kPageSize : AlignUp(commit, kPageSize);
  if (process.user_mode() && commit < kSmallestNtStack) commit = kSmallestNtStack;
  if (commit > reserve - 2 * kPageSize) commit = reserve - 2 * kPageSize;
  return {reserve, commit};
}

Status CreateStack(mm::AddressSpace& space, mm::UserStack& stack, StackSizes sizes, u32 zero_bits) {
  const mm::ByteRange range = TRY(space.Allocate({.base = {},
                                                  .size = sizes.reserve,
                                                  .type = mm::kMemReserve,
                                                  .protection = mm::kPageReadWrite,
                                                  .zero_bits = zero_bits}));
  const VirtAddr top = range.base + range.size;
  const VirtAddr limit = top - sizes.commit;
  // From here on the thread frees it, whatever fails.
  stack = {.deallocation_base = range.base, .limit = limit, .base = top};
  TRY(space.Allocate({.base = limit,
                      .size = sizes.commit,
                      .type = mm::kMemCommit,
                      .protection = mm::kPageReadWrite}));
  TRY(space.Allocate({.base = limit - kPageSize,
                      .size = kPageSize,
                      .type = mm::kMemCommit,
                      .protection = mm::kPageReadWrite.With(mm::kPageGuard)}));
  return Status::kSuccess;
}

Status CreateTeb(mm::AddressSpace& space, Thread& thread) {
  thread.teb = TRY(space.Allocate({.base = {},
                                   .size = kTebSize,
                                   .type = mm::kMemReserve | mm::kMemCommit | mm::kMemTopDown,
                                   .protection = mm::kPageReadWrite}))
                   .base;
  thread.owns_teb = true;
  return Status::kSuccess;
}

Status FillTeb(mm::AddressSpace& space, const Thread& thread) {
  const u32 teb = thread.teb.value;
  PageFields(TRY(Touch(space, PageOf(thread.teb))), 0)
      .Set(0x00, 0xFFFFFFFF)  // ExceptionList: its end.
      .Set(0x04, thread.user_stack.base.value)
      .Set(kTebStackLimit, thread.user_stack.limit.value)
      .Set(0x18, teb)  // Self
      .Set(0x20, thread.process_id())
      .Set(0x24, thread.id())
      .Set(0x30, thread.process()->peb.value)
      .Set(0xC0, SyscallStubs::FastCall().value)  // WOW32Reserved
      .Set(0x188, teb + 0x188)                    // ActivationContextStack's list is empty.
      .Set(0x18C, teb + 0x188)
      .Set(0x1A8, teb + 0x184)          // ActivationContextStackPointer
      .Set(0x6B4, thread.process_id())  // RealClientId
      .Set(0x6B8, thread.id())
      .Set<u16>(0xBFA, 0x20A)  // StaticUnicodeString
      .Set(0xBFC, teb + 0xC00)
      .Set(0xE0C, thread.user_stack.deallocation_base.value);
  return Status::kSuccess;
}

/// A thread of NT's user mode begins in LdrInitializeThunk, which goes on to the context that it is given a
/// pointer to. Both lie at the top of its stack.
Status EnterNtdll(mm::AddressSpace& space, Thread& thread, const UserThreadRequest& request) {
  const Process& process = *thread.process();
  const NtdllEntries& entries = process.user_mode()->entries();
  constexpr u32 kRoomAbove = 0x10;
  constexpr u32 kArguments = 5 * sizeof(u32);  // A return address that nobody uses, and four.
  const VirtAddr top = thread.user_stack.base - kRoomAbove;
  const VirtAddr context_at = top - sizeof(ThreadContext);
  const VirtAddr esp = context_at - kArguments;

  thread.user_frame() = x86::UserFrame(process.ntdll() + entries.user_thread_start.value, top);
  thread.user_frame().eax = request.start.value;
  thread.user_frame().ebx = request.argument;
  ThreadContext context{};
  context.flags =
      kContextControl | kContextInteger | kContextSegments | kContextX87 | kContextExtended;
  GetContext(thread, context);
  const mm::PageBytes page = TRY(Touch(space, PageOf(esp)));
  std::memcpy(page.data() + (context_at.value & kPageMask), &context, sizeof(context));
  PageFields(page, esp.value & kPageMask).Set(4, context_at.value);
  thread.user_frame() = x86::UserFrame(process.ntdll() + entries.initialize_thunk.value, esp);
  return Status::kSuccess;
}

[[noreturn]] void ExitThread(Thread& thread) {
  thread.LeaveProcess();
  TheKernel().scheduler.ExitCurrent();
}

}  // namespace

Status PrepareUserThread(Thread& thread, const UserThreadRequest& request) {
  Process& process = *thread.process();
  mm::AddressSpace& space = process.space();
  TRY_STATUS(CreateStack(space, thread.user_stack,
                         ChooseSizes(process, request.stack_reserve, request.stack_commit),
                         request.zero_bits));
  if (request.teb.value == 0) {
    TRY_STATUS(CreateTeb(space, thread));
  } else {
    thread.teb = request.teb;
  }
  TRY_STATUS(FillTeb(space, thread));
  if (process.user_mode()) return EnterNtdll(space, thread, request);
  TRY_STATUS(LoaderCall::Keep(thread));
  TRY_STATUS(AllocateThreadTls(thread));

  const VirtAddr esp = thread.user_stack.base - kRoomAboveFrame - 2 * sizeof(u32);
  PageFields(TRY(Touch(space, PageOf(esp))), esp.value & kPageMask)
      .Set(0, SyscallStubs::ThreadReturnAddress().value)
      .Set(4, request.argument);
  thread.user_frame() = x86::UserFrame(request.start, esp);
  return Status::kSuccess;
}

void RunUserThread(void*) {
  TheKernel().scheduler.FinishSwitch();
  Thread& thread = TheKernel().scheduler.current();
  AttendBeforeUserMode(thread);
  if (!thread.process()->user_mode()) StartThreadCalls(thread);
  EnterUserMode(thread);
}

void EnterUserMode(Thread& thread) {
  AttendBeforeUserMode(thread);
  x86::SetTeb(thread.teb);
  x86::EnterUserMode(thread.user_frame());
}

void AttendBeforeUserMode(Thread& thread) {
  for (;;) {
    thread.SleepWhileSuspended();
    if (thread.ending()) ExitThread(thread);
    if (!thread.alerts.pending()) return;
    // Writes to the stack, which may sleep: somebody may want something else of it by then.
    EnterApcDispatcher(thread);
  }
}

}  // namespace fl::kernel
