// ProcessEnvironment: see process_environment.h.
#include "kernel/process_environment.h"

#include "kernel/kernel.h"
#include "kernel/syscall/process_parameters.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/user_thread.h"

namespace fl::kernel {
namespace {

// One granule for the first thread's TEB and the PEB, at its upper end, where programs have long found them.
constexpr VirtAddr kEnvironmentBase{0x7FFD0000};
constexpr VirtAddr kTebBase{0x7FFDC000};
constexpr VirtAddr kPebBase{0x7FFDE000};
constexpr u32 kPebSize = 2 * kPageSize;

constexpr u32 kParametersSize = 0x2A4;
constexpr u32 kCurrentDirectoryRoom = 0x208;
constexpr u32 kLongestText = 0x7FFE;

/// Writes values at documented offsets of a structure in user memory.
class Fields {
 public:
  explicit Fields(VirtAddr base) : base_(base) {}
  Fields& Set(u32 offset, u32 value) {
    if (IsSuccess(status_)) status_ = WriteUser(base_.value + offset, value);
    return *this;
  }
  Fields& Set16(u32 offset, u16 value) {
    if (IsSuccess(status_)) status_ = WriteUser(base_.value + offset, value);
    return *this;
  }
  Fields& Set64(u32 offset, u64 value) {
    if (IsSuccess(status_)) status_ = WriteUser(base_.value + offset, value);
    return *this;
  }
  Status status() const { return status_; }

 private:
  VirtAddr base_;
  Status status_ = Status::kSuccess;
};

/// A text of the parameters: where the UNICODE_STRING lies, and how much room the text has behind the
/// structure.
struct ParameterString {
  u32 offset;
  const void* text;
  u32 length;  ///< Bytes.
  u32 room;
};

ParameterString Text(u32 offset, const Vector<char16_t>& text) {
  const u32 length = text.size() * 2;
  // What was not given has no buffer; what is empty has one.
  return {offset, text.data(), length, length + 2};
}

Status BuildPeb(const ProgramImage& program, VirtAddr parameters) {
  const pe::ImageLayout& layout = program.layout;
  return Fields(kPebBase)
      .Set(0x08, program.base.value)
      .Set(0x10, parameters.value)
      .Set(0x38, program.api_sets.value)
      .Set(0x64, 1)                           // NumberOfProcessors
      .Set64(0x70, u64(-25'920'000'000'000))  // CriticalSectionTimeout: 30 days.
      .Set(0x78, 0x100000)  // Heap segments: reserve, commit, decommit thresholds.
      .Set(0x7C, 0x10000)
      .Set(0x80, 0x10000)
      .Set(0x84, 0x1000)
      .Set(0xA4, 10)  // The version that current tool chains ask for.
      .Set(0xA8, 0)
      .Set16(0xAC, 19045)
      .Set(0xB0, 2)  // VER_PLATFORM_WIN32_NT
      .Set(0xB4, layout.subsystem)
      .Set(0xB8, layout.subsystem_version.major)
      .Set(0xBC, layout.subsystem_version.minor)
      .Set(0x1D4, 1)  // SessionId
      // Behind the PEB Wine's DLLs look for what they are to tell: a table of channels, of which this is the
      // last, without a name: the default.
      .Set(kPageSize, TheKernel().options.wine_debug)
      .status();
}

Result<VirtAddr> BuildParameters(mm::AddressSpace& space, const ProgramRequest& request) {
  const StartupInformation& startup = request.startup;
  ParameterString strings[] = {
      Text(0x24, request.current_directory),
      Text(0x30, startup.dll_path),
      Text(0x38, request.image_path),
      Text(0x40, request.command_line),
      Text(0x70, startup.window_title),
      Text(0x78, startup.desktop),
      Text(0x80, startup.shell),
      {0x88, startup.runtime.data(), startup.runtime.size(), startup.runtime.size()},
  };
  strings[0].room = kCurrentDirectoryRoom;
  const u32 environment_bytes = request.environment.size() * 2;
  u32 size = kParametersSize + environment_bytes;
  for (const ParameterString& string : strings) size += AlignUp(string.room, 4u);
  const mm::ByteRange block = TRY(space.Allocate({.base = {},
                                                  .size = size,
                                                  .type = mm::kMemReserve | mm::kMemCommit,
                                                  .protection = mm::kPageReadWrite}));
  const u32 base = block.base.value;
  u32 next = base + kParametersSize;
  for (const ParameterString& string : strings) {
    // A null pointer means something else than an empty text: what ntdll finds out by itself.
    if (string.length == 0 && string.room <= 2) continue;
    TRY_STATUS(WriteUser(base + string.offset,
                         UserUnicodeString{u16(string.length), u16(string.room), next}));
    TRY_STATUS(CopyToUser(next, string.text, string.length));
    next += AlignUp(string.room, 4u);
  }
  TRY_STATUS(CopyToUser(next, request.environment.data(), environment_bytes));
  TRY_STATUS(CopyToUser(base + 0x4C, startup.numbers, sizeof(startup.numbers)));
  TRY_STATUS(Fields(block.base)
                 .Set(0x00, block.size)
                 .Set(0x04, size)
                 .Set(0x08, kParametersNormalised)
                 .Set(0x10, startup.console)
                 .Set(0x14, startup.console_flags)
                 .Set(0x18, request.standard[0])
                 .Set(0x1C, request.standard[1])
                 .Set(0x20, request.standard[2])
                 .Set(0x48, next)
                 .Set(0x290, environment_bytes)
                 .status());
  return block.base;
}

}  // namespace

Status BuildEnvironment(Thread& thread, const ProgramRequest& request,
                        const ProgramImage& program) {
  Process& process = *thread.process();
  mm::AddressSpace& space = process.space();
  if (request.current_directory.size() * 2 + 2 > kCurrentDirectoryRoom) return Status::kNameTooLong;
  for (const Vector<char16_t>* text :
       {&request.image_path, &request.command_line, &request.startup.dll_path,
        &request.startup.window_title, &request.startup.desktop, &request.startup.shell}) {
    if (text->size() > kLongestText) return Status::kNameTooLong;
  }
  TRY(space.Allocate({.base = kEnvironmentBase,
                      .size = kAllocationGranularity,
                      .type = mm::kMemReserve,
                      .protection = mm::kPageReadWrite}));
  TRY(space.Allocate({.base = kTebBase,
                      .size = kTebSize + kPebSize,
                      .type = mm::kMemCommit,
                      .protection = mm::kPageReadWrite}));
  static_assert(kTebBase.value + kTebSize == kPebBase.value);
  process.peb = kPebBase;
  process.stack_reserve = program.layout.stack_reserve;
  process.stack_commit = program.layout.stack_commit;
  // The entry point is called as a function with the PEB.
  TRY_STATUS(PrepareUserThread(thread, {.start = program.base + program.layout.entry.value,
                                        .argument = kPebBase.value,
                                        .teb = kTebBase}));
  const VirtAddr parameters = TRY(BuildParameters(space, request));
  return BuildPeb(program, parameters);
}

}  // namespace fl::kernel
