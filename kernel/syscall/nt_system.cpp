// System calls: what the machine is.
#include <algorithm>
#include <cstddef>

#include "kernel/kernel.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/system_information.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

enum InformationClass : u32 {
  kBasicInformation = 0,
  kProcessorInformation = 1,
  kPerformanceInformation = 2,
  kTimeOfDayInformation = 3,
  kProcessInformation = 5,
  kInterruptInformation = 0x17,
  kCurrentTimeZoneInformation = 0x2C,
  kDynamicTimeZoneInformation = 0x66,
};

struct BasicInformation {
  u32 reserved;
  u32 timer_resolution;  ///< 100 ns.
  u32 page_size;
  u32 physical_pages, lowest_page, highest_page;
  u32 allocation_granularity;
  u32 lowest_user_address, highest_user_address;
  u32 active_processors;
  u8 processors;
  u8 padding[3];
};
static_assert(sizeof(BasicInformation) == 0x2C);

struct ProcessorInformation {
  u16 architecture, level, revision, maximum_processors;
  u32 features;
};
static_assert(sizeof(ProcessorInformation) == 12);

/// SYSTEM_PERFORMANCE_INFORMATION; of its counters, those of memory.
struct PerformanceInformation {
  u64 idle_time;
  u8 transfers[0x24];
  u32 available_pages, committed_pages, commit_limit, peak_commitment;
  u8 other_counters[0xFC];
};
static_assert(sizeof(PerformanceInformation) == 0x138);

/// RTL_DYNAMIC_TIME_ZONE_INFORMATION; without its last two fields it is the older
/// RTL_TIME_ZONE_INFORMATION.
struct TimeZoneInformation {
  u32 bias;
  char16_t standard_name[32];
  u16 standard_start[8];
  u32 standard_bias;
  char16_t daylight_name[32];
  u16 daylight_start[8];
  u32 daylight_bias;
  char16_t key_name[128];
  u32 dynamic_daylight_time_disabled;
};
constexpr u32 kOlderTimeZoneSize = 0xAC;
static_assert(offsetof(TimeZoneInformation, key_name) == kOlderTimeZoneSize);
static_assert(sizeof(TimeZoneInformation) == 0x1B0);
/// The clock is Greenwich's, and so is the zone.
constexpr TimeZoneInformation kGreenwich{.bias = 0,
                                         .standard_name = u"Coordinated Universal Time",
                                         .standard_start = {},
                                         .standard_bias = 0,
                                         .daylight_name = u"Coordinated Universal Time",
                                         .daylight_start = {},
                                         .daylight_bias = 0,
                                         .key_name = u"UTC",
                                         .dynamic_daylight_time_disabled = 0};

struct TimeOfDayInformation {
  u64 boot_time, current_time;
  i64 time_zone_bias;
  u32 time_zone_id, reserved;
  u64 boot_time_bias, sleep_time_bias;
};
static_assert(sizeof(TimeOfDayInformation) == 0x30);

Status Answer(u32 out, u32 length, u32 returned, const void* value, u32 size) {
  if (returned) TRY_STATUS(WriteUser(returned, size));
  if (length < size) return Status::kInfoLengthMismatch;
  return CopyToUser(out, value, size);
}

/// Counts of interrupts, one set for a processor, are what programs once took for random; user mode still asks for
/// random bytes by that name, for as many as it likes.
constexpr u32 kInterruptInformationSize = 24;
/// Nobody waits for more of them; there is no switch to another thread meanwhile.
constexpr u32 kMostRandomBytes = 64 * 1024;

Status WriteRandom(u32 out, u32 length) {
  if (length > kMostRandomBytes) return Status::kInvalidParameter;
  std::byte chunk[64];
  for (u32 done = 0; done < length; done += sizeof(chunk)) {
    const u32 size = std::min<u32>(length - done, sizeof(chunk));
    TheKernel().FillRandom({chunk, size});
    TRY_STATUS(CopyToUser(out + done, chunk, size));
  }
  return Status::kSuccess;
}

}  // namespace

Status NtQuerySystemInformation(const SystemCall& call) {
  const u32 what = call[0], out = call[1], length = call[2], returned = call[3];
  Kernel& kernel = TheKernel();
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  switch (what) {
    case kBasicInformation: {
      const u32 frames = kernel.memory.frames.frame_count();
      const BasicInformation information{.reserved = 0,
                                         .timer_resolution = 10'000'000 / kTickHz,
                                         .page_size = kPageSize,
                                         .physical_pages = frames,
                                         .lowest_page = 1,
                                         .highest_page = frames - 1,
                                         .allocation_granularity = kAllocationGranularity,
                                         .lowest_user_address = 0x10000,
                                         .highest_user_address = 0x7FFEFFFF,
                                         .active_processors = 1,
                                         .processors = 1,
                                         .padding = {}};
      return Answer(out, length, returned, &information, sizeof(information));
    }
    case kProcessorInformation: {
      const x86::CpuFeatures& cpu = x86::Features();
      const ProcessorInformation information{.architecture = 0,
                                             .level = cpu.family,
                                             .revision = u16(cpu.model << 8 | cpu.stepping),
                                             .maximum_processors = 1,
                                             .features = 0};
      return Answer(out, length, returned, &information, sizeof(information));
    }
    case kPerformanceInformation: {
      mm::PfnDatabase& frames = kernel.memory.frames;
      const PerformanceInformation information{.idle_time = 0,
                                               .transfers = {},
                                               .available_pages = frames.available(),
                                               .committed_pages = frames.commit().charged(),
                                               .commit_limit = frames.commit().limit(),
                                               .peak_commitment = frames.commit().peak(),
                                               .other_counters = {}};
      return Answer(out, length, returned, &information, sizeof(information));
    }
    case kCurrentTimeZoneInformation:
      return Answer(out, length, returned, &kGreenwich, kOlderTimeZoneSize);
    case kDynamicTimeZoneInformation:
      return Answer(out, length, returned, &kGreenwich, sizeof(kGreenwich));
    case kTimeOfDayInformation: {
      const u64 now = kernel.clock.SystemTime();
      const TimeOfDayInformation information{.boot_time = now - kernel.clock.SinceBoot(),
                                             .current_time = now,
                                             .time_zone_bias = 0,
                                             .time_zone_id = 0,
                                             .reserved = 0,
                                             .boot_time_bias = 0,
                                             .sleep_time_bias = 0};
      // Older callers ask for less of it.
      const u32 size = length < sizeof(information) ? length : u32(sizeof(information));
      if (returned) TRY_STATUS(WriteUser(returned, size));
      return CopyToUser(out, &information, size);
    }
    case kProcessInformation:
      return AnswerProcesses(out, length, returned);
    case kInterruptInformation:
      if (returned) TRY_STATUS(WriteUser(returned, kInterruptInformationSize));
      if (length < kInterruptInformationSize) return Status::kInfoLengthMismatch;
      return WriteRandom(out, length);
    default:
      return Status::kInvalidInfoClass;
  }
}

}  // namespace fl::kernel
