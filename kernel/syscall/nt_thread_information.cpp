// System calls: what a thread is, and what may be set of it.
// Semantics: NtQueryInformationThread, NtSetInformationThread (Microsoft Learn, phnt). Wine's kernelbase takes
// Priority for what SetThreadPriority was given: threads of NT's user mode are shown that.
#include "kernel/kernel.h"
#include "kernel/syscall/thread_handle.h"
#include "kernel/syscall/token_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/user_thread.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 0,
  kTimes = 1,
  kPriority = 2,
  kBasePriority = 3,
  kAffinityMask = 4,
  kImpersonationToken = 5,
  kStartAddress = 9,
  kZeroTlsCell = 10,
  kAmILastThread = 12,
  kIdealProcessor = 13,
  kPriorityBoost = 14,
  kIsIoPending = 16,
  kHideFromDebugger = 17,
  kIsTerminated = 20,
  kGroupInformation = 30,
  kIdealProcessorEx = 33,
  kSuspendCount = 35,
  kDescription = 38,
};

struct BasicInformation {
  u32 exit_status;
  u32 teb;
  u32 process_id, thread_id;
  u32 affinity_mask;
  i32 priority;
  i32 base_priority;
};
static_assert(sizeof(BasicInformation) == 28);

struct Times {
  u64 create, exit, kernel, user;
};

struct GroupAffinity {
  u32 mask;
  u16 group, reserved[3];
};
static_assert(sizeof(GroupAffinity) == 12);

constexpr u32 kOneProcessor = 1;     // As a mask.
constexpr u32 kMostProcessors = 32;  // MAXIMUM_PROCESSORS
constexpr u32 kTebTlsSlots = 0xE10;
constexpr u32 kTebTlsExpansion = 0xF94;
constexpr u32 kTlsSlots = 64, kTlsExpansionSlots = 1024;

// NT's: an increment of this much saturates at the ends of what is not real-time.
constexpr i32 kSaturation = 15;
constexpr i32 kLowestPriority = 1;
constexpr i32 kHighestNormalPriority = 15;
constexpr i32 kLargestIncrement = 2;

/// From an increment to the process' own. kInvalidParameter.
Result<u8> PriorityOf(i32 increment) {
  if (increment >= kSaturation) return u8(kHighestNormalPriority);
  if (increment <= -kSaturation) return u8(kLowestPriority);
  if (increment > kLargestIncrement || increment < -kLargestIncrement) {
    return Status::kInvalidParameter;
  }
  return u8(kNormalPriority + increment);
}

i32 IncrementOf(u8 priority) {
  if (priority == kHighestNormalPriority) return kSaturation;
  if (priority == kLowestPriority) return -kSaturation;
  return i32(priority) - kNormalPriority;
}

BasicInformation DescribeBasics(const SystemCall& call, const Thread& thread) {
  const i32 shown = call.process.user_mode() ? IncrementOf(thread.priority) : thread.priority;
  return {.exit_status = thread.ended() ? thread.exit_status() : Code(Status::kPending),
          .teb = thread.teb.value,
          .process_id = thread.process_id(),
          .thread_id = thread.id(),
          .affinity_mask = kOneProcessor,
          .priority = shown,
          .base_priority = shown};
}

/// A UNICODE_STRING, and behind it the characters.
Status AnswerDescription(const SystemCall& call, const Thread& thread) {
  const u32 out = call[2], length = call[3], returned = call[4];
  const u32 bytes = thread.description.size() * u32(sizeof(char16_t));
  const u32 needed = u32(sizeof(UserUnicodeString)) + bytes;
  // The thread may be given another name while this one is written.
  Vector<char16_t> text;
  TRY_STATUS(text.Append(thread.description.span()));
  if (returned) TRY_STATUS(WriteUser(returned, needed));
  if (length < needed) return Status::kBufferTooSmall;
  const u32 buffer = out + u32(sizeof(UserUnicodeString));
  TRY_STATUS(WriteUser(out, UserUnicodeString{u16(bytes), u16(bytes), buffer}));
  return CopyToUser(buffer, text.data(), bytes);
}

Status SetDescription(Thread& thread, u32 in, u32 length) {
  if (length != sizeof(UserUnicodeString)) return Status::kInfoLengthMismatch;
  Vector<char16_t> text = TRY(ReadUnicodeString(in));
  thread.description = std::move(text);
  return Status::kSuccess;
}

/// In every thread of the caller's process. One that ends meanwhile takes its slots with it.
Status ZeroTlsCell(const SystemCall& call, u32 index) {
  if (index >= kTlsSlots + kTlsExpansionSlots) return Status::kInvalidParameter;
  u32 last_id = 0;
  for (;;) {
    // Writing may sleep, and the list be another then; ids only grow along it.
    const Thread* next = nullptr;
    for (const Thread& thread : call.process.threads()) {
      if (thread.id() > last_id && (!next || thread.id() < next->id())) next = &thread;
    }
    if (!next) return Status::kSuccess;
    last_id = next->id();
    const u32 teb = next->teb.value;
    if (teb == 0) continue;
    if (index < kTlsSlots) {
      TRY_STATUS(WriteUser(teb + kTebTlsSlots + index * 4, u32(0)));
    } else if (const u32 more = TRY(ReadUser<u32>(teb + kTebTlsExpansion))) {
      TRY_STATUS(WriteUser(more + (index - kTlsSlots) * 4, u32(0)));
    }
  }
}

}  // namespace

Status NtQueryInformationThread(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto answer = [&](u32 access, const auto& describe) {
    using T = decltype(describe(TheKernel().scheduler.current()));
    if (length != sizeof(T)) return Status::kInfoLengthMismatch;
    const RefPtr<Thread> thread = TRY(FindThread(call, call[0], access));
    TRY_STATUS(WriteUser(out, describe(*thread)));
    return returned ? WriteUser(returned, u32(sizeof(T))) : Status::kSuccess;
  };
  switch (what) {
    case kBasicInformation:
      return answer(kThreadQueryLimited,
                    [&](const Thread& thread) { return DescribeBasics(call, thread); });
    case kTimes:
      return answer(kThreadQueryLimited, [](const Thread& thread) {
        return Times{thread.create_time, thread.exit_time, 0, thread.user_time};
      });
    case kStartAddress:
      return answer(kThreadQueryInformation,
                    [](const Thread& thread) { return thread.start_address.value; });
    case kAmILastThread:
      return answer(kThreadQueryInformation, [](const Thread& thread) {
        return u32(thread.process() && thread.process()->thread_count() == 1);
      });
    case kPriorityBoost:
      // Nobody's priority is ever raised: boosts are disabled.
      return answer(kThreadQueryInformation, [](const Thread&) { return u32(1); });
    case kIsIoPending:
      return answer(kThreadQueryInformation, [](const Thread&) { return u32(0); });
    case kHideFromDebugger:
      return answer(kThreadQueryInformation,
                    [](const Thread& thread) { return u8(thread.hidden_from_debugger); });
    case kIsTerminated:
      return answer(kThreadQueryLimited, [](const Thread& thread) { return u32(thread.ended()); });
    case kGroupInformation:
      return answer(kThreadQueryLimited, [](const Thread&) {
        return GroupAffinity{.mask = kOneProcessor, .group = 0, .reserved = {}};
      });
    case kIdealProcessorEx:
      return answer(kThreadQueryLimited, [](const Thread&) { return u32(0); });
    case kSuspendCount:
      return answer(kThreadQueryLimited,
                    [](const Thread& thread) { return u32(thread.suspend_count()); });
    case kDescription: {
      const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadQueryLimited));
      return AnswerDescription(call, *thread);
    }
    default:
      return Status::kInvalidInfoClass;
  }
}

Status NtSetInformationThread(const SystemCall& call) {
  const u32 what = call[1], in = call[2], length = call[3];
  if (what == kHideFromDebugger) {
    if (length != 0) return Status::kInfoLengthMismatch;
    TRY(FindThread(call, call[0], kThreadSetInformation))->hidden_from_debugger = true;
    return Status::kSuccess;
  }
  if (what == kImpersonationToken) {
    if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
    return SetImpersonation(call, call[0], TRY(ReadUser<u32>(in)));
  }
  if (what == kDescription) {
    const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSetLimited));
    return SetDescription(*thread, in, length);
  }
  if (what != kPriority && what != kBasePriority && what != kAffinityMask &&
      what != kIdealProcessor && what != kPriorityBoost && what != kZeroTlsCell) {
    return Status::kInvalidInfoClass;
  }
  if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
  const u32 value = TRY(ReadUser<u32>(in));
  const RefPtr<Thread> thread = TRY(FindThread(call, call[0], kThreadSetInformation));
  switch (what) {
    case kAffinityMask:
      return value == kOneProcessor ? Status::kSuccess : Status::kInvalidParameter;
    case kIdealProcessor:
      // The answer is the one that it was.
      return value <= kMostProcessors ? Status::kSuccess : Status::kInvalidParameter;
    case kPriorityBoost:
      return Status::kSuccess;
    case kZeroTlsCell:
      return ZeroTlsCell(call, value);
    default:
      break;
  }
  u8 priority = 0;
  if (what == kBasePriority) {
    priority = TRY(PriorityOf(i32(value)));
  } else {
    if (value == 0 || value > u32(kHighestNormalPriority)) return Status::kInvalidParameter;
    priority = u8(value);
  }
  TheKernel().scheduler.SetPriority(*thread, priority);
  return Status::kSuccess;
}

}  // namespace fl::kernel
