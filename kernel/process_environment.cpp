// ProcessEnvironment: see process_environment.h.
#include "kernel/process_environment.h"

#include "kernel/syscall/process_parameters.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/syscall_stubs.h"
#include "mm/user_stack.h"

namespace fl::kernel {
namespace {

// One granule for the first TEB and the PEB, at its upper end, where programs have long found them.
constexpr VirtAddr kEnvironmentBase{0x7FFD0000};
constexpr VirtAddr kTebBase{0x7FFDC000};
constexpr VirtAddr kPebBase{0x7FFDE000};
constexpr u32 kTebSize = 2 * kPageSize;
constexpr u32 kPebSize = 2 * kPageSize;

constexpr u32 kSmallestStack = 0x10000;

constexpr u32 kParametersSize = 0x2A4;
constexpr u32 kCurrentDirectoryRoom = 0x208;

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

Status BuildStack(mm::AddressSpace& space, Thread& thread, const pe::ImageLayout& layout) {
  u32 reserve = layout.stack_reserve < kSmallestStack ? kSmallestStack : layout.stack_reserve;
  if (reserve > 0x40000000) reserve = 0x40000000;
  reserve = AlignUp(reserve, kAllocationGranularity);
  u32 commit = AlignUp(layout.stack_commit < reserve ? layout.stack_commit : reserve, kPageSize);
  if (commit == 0) commit = kPageSize;
  // Below it there is room for the guard and the page that is never committed.
  if (commit > reserve - 2 * kPageSize) commit = reserve - 2 * kPageSize;

  const mm::ByteRange stack = TRY(space.Allocate(
      {.base = {}, .size = reserve, .type = mm::kMemReserve, .protection = mm::kPageReadWrite}));
  const VirtAddr top = stack.base + stack.size;
  const VirtAddr limit = top - commit;
  TRY(space.Allocate(
      {.base = limit, .size = commit, .type = mm::kMemCommit, .protection = mm::kPageReadWrite}));
  TRY(space.Allocate({.base = limit - kPageSize,
                      .size = kPageSize,
                      .type = mm::kMemCommit,
                      .protection = mm::kPageReadWrite.With(mm::kPageGuard)}));
  thread.user_stack = {.deallocation_base = stack.base, .limit = limit, .base = top};
  return Status::kSuccess;
}

Status BuildTeb(const Thread& thread, const Process& process) {
  const u32 teb = kTebBase.value;
  return Fields(kTebBase)
      .Set(0x00, 0xFFFFFFFF)  // ExceptionList: its end.
      .Set(0x04, thread.user_stack.base.value)
      .Set(kTebStackLimit, thread.user_stack.limit.value)
      .Set(0x18, teb)  // Self
      .Set(0x20, process.id())
      .Set(0x24, thread.id())
      .Set(0x30, kPebBase.value)
      .Set(0x188, teb + 0x188)  // ActivationContextStack's list is empty.
      .Set(0x18C, teb + 0x188)
      .Set(0x1A8, teb + 0x184)   // ActivationContextStackPointer
      .Set(0x6B4, process.id())  // RealClientId
      .Set(0x6B8, thread.id())
      .Set16(0xBFA, 0x20A)  // StaticUnicodeString
      .Set(0xBFC, teb + 0xC00)
      .Set(0xE0C, thread.user_stack.deallocation_base.value)
      .status();
}

Status BuildPeb(const LoadedProgram& program, VirtAddr parameters) {
  const pe::ImageLayout& layout = program.image->layout();
  return Fields(kPebBase)
      .Set(0x08, program.image->base().value)
      .Set(0x10, parameters.value)
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
  TRY_STATUS(strings.PutString(0x30, {}, 2));
  const u32 environment = block.base.value + strings.next();
  TRY_STATUS(CopyToUser(environment, request.environment.data(), environment_bytes));
  TRY_STATUS(Fields(block.base)
                 .Set(0x00, block.size)
                 .Set(0x04, size)
                 .Set(0x08, kParametersNormalised)
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

Result<x86::TrapFrame> BuildEnvironment(Thread& thread, const ProgramRequest& request,
                                        const LoadedProgram& program,
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
  TRY_STATUS(BuildStack(space, thread, program.image->layout()));
  const VirtAddr parameters = TRY(BuildParameters(space, request, standard_handles));
  TRY_STATUS(BuildTeb(thread, process));
  TRY_STATUS(BuildPeb(program, parameters));
  thread.teb = kTebBase;
  process.peb = kPebBase;

  // The entry point is called as a function with the PEB: what it returns is the exit status.
  const u32 esp = thread.user_stack.base.value - 16;
  TRY_STATUS(WriteUser(esp, SyscallStubs::ExitAddress().value));
  TRY_STATUS(WriteUser(esp + 4, kPebBase.value));
  return x86::UserFrame(program.entry, VirtAddr(esp));
}

}  // namespace fl::kernel
