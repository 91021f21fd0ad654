// System calls: what a process is, and what may be set of it.
// Semantics: NtQueryInformationProcess, NtSetInformationProcess (Microsoft Learn, phnt). Lengths must be exact.
#include "kernel/kernel.h"
#include "kernel/syscall/image_information.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 0,
  kVmCounters = 3,
  kTimes = 4,
  kBasePriority = 5,
  kDebugPort = 7,
  kDefaultHardErrorMode = 12,
  kPriorityClass = 18,
  kHandleCount = 20,
  kAffinityMask = 21,
  kPriorityBoost = 22,
  kSessionInformation = 24,
  kWow64Information = 26,
  kImageFileName = 27,
  kBreakOnTermination = 29,
  kDebugObjectHandle = 30,
  kDebugFlags = 31,
  kExecuteFlags = 34,
  kCookie = 36,
  kImageInformation = 37,
  kImageFileNameWin32 = 43,
};

struct BasicInformation {
  u32 exit_status;
  u32 peb;
  u32 affinity_mask;
  u32 base_priority;  ///< For Wine's kernelbase: the priority's class.
  u32 process_id;
  u32 parent_id;
};
static_assert(sizeof(BasicInformation) == 24);

struct Times {
  u64 create, exit, kernel, user;
};

struct PriorityClass {
  u8 foreground, priority_class;
};

constexpr u32 kOneProcessor = 1;  // As a mask.
constexpr u32 kSession = 1;
/// MEM_EXECUTE_OPTION_ENABLE: data can be executed unless the processor keeps it from that.
constexpr u32 kDataMayBeExecuted = 2;
constexpr u32 kNoDebugInherit = 1;
constexpr u8 kHighestPriorityClass = 6;

/// UNICODE_STRING, and behind it the text with a zero.
Status AnswerName(const SystemCall& call, std::u16string_view prefix, std::u16string_view rest) {
  const u32 out = call[2], length = call[3], returned = call[4];
  Vector<char16_t> text;
  TRY_STATUS(text.Append(prefix));
  TRY_STATUS(text.Append(rest));
  TRY_STATUS(text.Push(0));
  const u32 bytes = text.size() * 2;
  const u32 needed = u32(sizeof(UserUnicodeString)) + bytes;
  if (returned) TRY_STATUS(WriteUser(returned, needed));
  if (length < needed) return Status::kInfoLengthMismatch;
  const u32 buffer = out + u32(sizeof(UserUnicodeString));
  TRY_STATUS(WriteUser(out, UserUnicodeString{u16(bytes - 2), u16(bytes), buffer}));
  return CopyToUser(buffer, text.data(), bytes);
}

/// As the device it lies on is called, or as programs know it.
Status AnswerImageName(const SystemCall& call, bool as_programs_know_it) {
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryLimited));
  std::u16string_view path(process->image_path.data(), process->image_path.size());
  if (as_programs_know_it) return AnswerName(call, {}, path);
  if (path.starts_with(u"C:") || path.starts_with(u"c:")) path.remove_prefix(2);
  return AnswerName(call, u"\\Device\\HarddiskVolume1", path);
}

Status AnswerVmCounters(const SystemCall& call) {
  const u32 length = call[3], returned = call[4];
  // The second form has one value more.
  constexpr u32 kFull = sizeof(VmCounters), kOlder = kFull - sizeof(u32);
  if (length < kOlder) return Status::kInfoLengthMismatch;
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryLimited));
  const VmCounters counters = process->MemoryCounters();
  const u32 size = length < kFull ? kOlder : kFull;
  TRY_STATUS(CopyToUser(call[2], &counters, size));
  return returned ? WriteUser(returned, size) : Status::kSuccess;
}

}  // namespace

Status NtQueryInformationProcess(const SystemCall& call) {
  const u32 what = call[1], out = call[2], length = call[3], returned = call[4];
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const auto answer = [&](const auto& make) {
    using T = decltype(make(call.process));
    if (length != sizeof(T)) return Status::kInfoLengthMismatch;
    const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessQueryLimited));
    TRY_STATUS(WriteUser(out, make(*process)));
    return returned ? WriteUser(returned, u32(sizeof(T))) : Status::kSuccess;
  };
  switch (what) {
    case kBasicInformation:
      return answer([](Process& process) {
        return BasicInformation{.exit_status = process.exit_status(),
                                .peb = process.peb.value,
                                .affinity_mask = kOneProcessor,
                                .base_priority = process.priority_class,
                                .process_id = process.id(),
                                .parent_id = process.parent_id()};
      });
    case kVmCounters:
      return AnswerVmCounters(call);
    case kTimes:
      return answer([](Process& process) {
        return Times{.create = process.create_time,
                     .exit = process.exit_time,
                     .kernel = 0,
                     .user = process.UserTime()};
      });
    case kDefaultHardErrorMode:
      return answer([](Process& process) { return process.hard_error_mode; });
    case kPriorityClass:
      return answer([](Process& process) { return PriorityClass{0, process.priority_class}; });
    case kHandleCount:
      return answer([](Process& process) { return process.handles().open_count(); });
    case kAffinityMask:
      return answer([](Process&) { return kOneProcessor; });
    case kSessionInformation:
      return answer([](Process&) { return kSession; });
    case kDebugPort:
    case kWow64Information:
    case kPriorityBoost:
    case kBreakOnTermination:
      // Neither debugged nor a guest of a 64-bit system, nor anything special.
      return answer([](Process&) { return u32(0); });
    case kDebugFlags:
      return answer([](Process&) { return kNoDebugInherit; });
    case kDebugObjectHandle:
      if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
      TRY(FindProcess(call, call[0], kProcessQueryInformation));
      TRY_STATUS(WriteUser(out, u32(0)));
      return Status::kPortNotSet;
    case kExecuteFlags:
      return answer([](Process&) { return kDataMayBeExecuted; });
    case kCookie:
      // Only the process itself is told; it hides pointers by it.
      if (call[0] != kCurrentProcess) return Status::kInvalidParameter;
      return answer([](Process& process) { return process.cookie(); });
    case kImageFileName:
      return AnswerImageName(call, false);
    case kImageFileNameWin32:
      return AnswerImageName(call, true);
    case kImageInformation: {
      const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessQueryInformation));
      if (process->images().empty()) return Status::kProcessIsTerminating;
      return answer([](Process& of) { return Describe(*of.images()[0].section); });
    }
    default:
      return Status::kInvalidInfoClass;
  }
}

/// (process, class, value, length)
Status NtSetInformationProcess(const SystemCall& call) {
  const u32 what = call[1], in = call[2], length = call[3];
  const RefPtr<Process> process = TRY(FindProcess(call, call[0], kProcessSetInformation));
  const auto number = [&]() -> Result<u32> {
    if (length != sizeof(u32)) return Status::kInfoLengthMismatch;
    return ReadUser<u32>(in);
  };
  switch (what) {
    case kDefaultHardErrorMode:
      process->hard_error_mode = TRY(number());
      return Status::kSuccess;
    case kPriorityClass: {
      if (length != sizeof(PriorityClass)) return Status::kInfoLengthMismatch;
      const PriorityClass wanted = TRY(ReadUser<PriorityClass>(in));
      if (wanted.priority_class == 0 || wanted.priority_class > kHighestPriorityClass) {
        return Status::kInvalidParameter;
      }
      process->priority_class = wanted.priority_class;
      return Status::kSuccess;
    }
    case kAffinityMask: {
      const u32 mask = TRY(number());
      return (mask & kOneProcessor) != 0 ? Status::kSuccess : Status::kInvalidParameter;
    }
    case kBasePriority:
    case kPriorityBoost:
    case kExecuteFlags:
      // Nothing here goes by them.
      TRY(number());
      return Status::kSuccess;
    default:
      return Status::kInvalidInfoClass;
  }
}

}  // namespace fl::kernel
