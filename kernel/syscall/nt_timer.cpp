// System calls: timers, and how fine they are.
#include <new>

#include "kernel/kernel.h"
#include "kernel/syscall/basic_information.h"
#include "kernel/syscall/named_handle.h"
#include "kernel/syscall/sync_rights.h"

namespace fl::kernel {
namespace {

struct TimerInformation {
  u64 remaining;  ///< 100 ns; 0 once it is due.
  u8 signaled;
  u8 padding[7];
};
static_assert(sizeof(TimerInformation) == 16);

constexpr u32 kResolution = 10'000'000 / kTickHz;

}  // namespace

Status NtCreateTimer(const SystemCall& call) {
  const u32 handle_pointer = call[0], kind = call[3];
  TRY_STATUS(ProbeForWrite(handle_pointer, sizeof(u32)));
  if (kind > u32(TimerKind::kSynchronization)) return Status::kInvalidParameter4;
  const CapturedAttributes attributes = TRY(CaptureAttributes(call[2]));
  const RefPtr<NamedObject> timer = AdoptRef(new (std::nothrow) Timer(TimerKind(kind)));
  if (!timer) return Status::kNoMemory;
  return InsertNamed(call, handle_pointer, timer, attributes,
                     GrantedAccess(call[1], kTimerMapping));
}

Status NtOpenTimer(const SystemCall& call) {
  return OpenNamed(call, call[0], ObjectType::kTimer, call[2],
                   GrantedAccess(call[1], kTimerMapping));
}

/// (timer, due, routine, its argument, resume the machine, period, previous state)
Status NtSetTimer(const SystemCall& call) {
  const u32 routine = call[2], previous_pointer = call[6];
  const i32 period = i32(call[5]);
  const bool resume = (call[4] & 0xFF) != 0;
  if (period < 0) return Status::kInvalidParameter6;
  if (previous_pointer) TRY_STATUS(ProbeForWrite(previous_pointer, sizeof(u8)));
  const i64 due = TRY(ReadUser<i64>(call[1]));
  const auto timer = TRY(call.process.handles().FindAs<Timer>(call[0], kTimerModifyState));
  // Nobody would make the call.
  if (routine != 0 && !call.process.user_mode()) return Status::kNotImplemented;

  Kernel& kernel = TheKernel();
  Timer::Setting setting{.due = kernel.clock.DeadlineFor(due),
                         .period = u64(period) * kMillisecond,
                         .thread = nullptr,
                         .routine = routine,
                         .argument = call[3],
                         .time_at_boot = kernel.clock.DateOf(0)};
  if (routine != 0) setting.thread = RefPtr<Thread>(&kernel.scheduler.current());
  const u64 now = kernel.clock.SinceBoot();
  const u8 previous = timer->Set(kernel.timers, std::move(setting), now);
  if (previous_pointer) TRY_STATUS(WriteUser(previous_pointer, previous));
  return resume ? Status::kTimerResumeIgnored : Status::kSuccess;
}

Status NtCancelTimer(const SystemCall& call) {
  const u32 current_pointer = call[1];
  if (current_pointer) TRY_STATUS(ProbeForWrite(current_pointer, sizeof(u8)));
  const auto timer = TRY(call.process.handles().FindAs<Timer>(call[0], kTimerModifyState));
  const u8 current = timer->Cancel();
  return current_pointer ? WriteUser(current_pointer, current) : Status::kSuccess;
}

Status NtQueryTimer(const SystemCall& call) {
  return QueryBasicInformation<Timer, TimerInformation>(
      call, kTimerQueryState, [](const Timer& timer) {
        const u64 now = TheKernel().clock.SinceBoot();
        const bool waits = timer.is_set() && timer.due() > now;
        return TimerInformation{.remaining = waits ? timer.due() - now : 0,
                                .signaled = timer.signaled(),
                                .padding = {}};
      });
}

// The tick is as fine as timers get, and is always that fine: the coarsest, the finest and the present one are
// the same.

Status NtQueryTimerResolution(const SystemCall& call) {
  for (u32 i = 0; i < 3; ++i) TRY_STATUS(WriteUser(call[i], kResolution));
  return Status::kSuccess;
}

/// (wanted, set or give up, present one)
Status NtSetTimerResolution(const SystemCall& call) {
  const bool set = (call[1] & 0xFF) != 0;
  TRY_STATUS(WriteUser(call[2], kResolution));
  if (!set && !call.process.wants_timer_resolution) return Status::kTimerResolutionNotSet;
  call.process.wants_timer_resolution = set;
  return Status::kSuccess;
}

}  // namespace fl::kernel
