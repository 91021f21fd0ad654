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
/// ConsoleHandle: there is none, and the standard handles are files or pipes.
constexpr u32 kNoConsole = u32(-4);

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

/// The parameters' block: the structure, then the strings that it points to.
class ParameterBlock {
 public:
  explicit ParameterBlock(VirtAddr base) : base_(base), next_(kParametersSize) {}
  /// A UNICODE_STRING at `offset`, its text behind what is there already.
  Status PutString(u32 offset, std::span<const char16_t> text, u32 room) {
    const u32 length = u32(text.size()) * 2;
    const u32 at = next_;
    const UserUnicodeString string{u16(length), u16(room), base_.value + at};
    TRY_STATUS(WriteUser(base_.value + offset, string));
    TRY_STATUS(CopyToUser(base_.value + at, text.data(), length));
    next_ += AlignUp(room, 4u);
    return Status::kSuccess;
  }
  u32 next() const { return next_; }

 private:
  VirtAddr base_;
  u32 next_;
};

u32 StringRoom(const Vector<char16_t>& text) { return text.size() * 2 + 2; }

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

Result<VirtAddr> BuildParameters(mm::AddressSpace& space, const ProgramRequest& request,
                                 const u32 (&standard_handles)[3]) {
  const u32 environment_bytes = request.environment.size() * 2;
  const u32 size = kParametersSize + kCurrentDirectoryRoom +
                   2 * AlignUp(StringRoom(request.image_path), 4u) +
                   AlignUp(StringRoom(request.command_line), 4u) + 16 + environment_bytes;
  const mm::ByteRange block = TRY(space.Allocate({.base = {},
                                                  .size = size,
                                                  .type = mm::kMemReserve | mm::kMemCommit,
                                                  .protection = mm::kPageReadWrite}));
  ParameterBlock strings(block.base);
  TRY_STATUS(strings.PutString(0x24, request.current_directory.span(), kCurrentDirectoryRoom));
  TRY_STATUS(strings.PutString(0x38, request.image_path.span(), StringRoom(request.image_path)));
  TRY_STATUS(
      strings.PutString(0x40, request.command_line.span(), StringRoom(request.command_line)));
  TRY_STATUS(strings.PutString(0x70, request.image_path.span(), StringRoom(request.image_path)));
  const u32 environment = block.base.value + strings.next();
  TRY_STATUS(CopyToUser(environment, request.environment.data(), environment_bytes));
  TRY_STATUS(Fields(block.base)
                 .Set(0x00, block.size)
                 .Set(0x04, size)
                 .Set(0x08, kParametersNormalised)
                 .Set(0x10, kNoConsole)
                 .Set(0x18, standard_handles[0])
                 .Set(0x1C, standard_handles[1])
                 .Set(0x20, standard_handles[2])
                 .Set(0x48, environment)
                 .Set(0x6C, 1)  // wShowWindow
                 .Set(0x290, environment_bytes)
                 .status());
  return block.base;
}

}  // namespace

Status BuildEnvironment(Thread& thread, const ProgramRequest& request, const ProgramImage& program,
                        const u32 (&standard_handles)[3]) {
  Process& process = *thread.process();
  mm::AddressSpace& space = process.space();
  if (request.current_directory.size() * 2 + 2 > kCurrentDirectoryRoom ||
      request.command_line.size() > 0x7FFE || request.image_path.size() > 0x7FFE) {
    return Status::kNameTooLong;
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
  const VirtAddr parameters = TRY(BuildParameters(space, request, standard_handles));
  return BuildPeb(program, parameters);
}

}  // namespace fl::kernel
