// System calls: virtual memory. The semantics are mm::AddressSpace's; here arguments go in and out.
#include "kernel/base/checked_math.h"
#include "kernel/nt/wine_modules.h"
#include "kernel/syscall/process_handle.h"
#include "kernel/syscall/user_memory.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

/// MEMORY_BASIC_INFORMATION as programs see it.
struct BasicInformation {
  u32 base_address;
  u32 allocation_base;
  u32 allocation_protect;
  u32 region_size;
  u32 state;
  u32 protect;
  u32 type;
};
static_assert(sizeof(BasicInformation) == 28);

enum InformationClass : u32 {
  kBasicInformation = 0,
  kMappedFilename = 2,
  kWineUnixFunctions = 1000,
};

/// NT's rule: what has been done is a success, whether the program can be told or not. It may have freed or
/// protected the very memory that its arguments lie in.
Status ReturnRange(u32 base_pointer, u32 size_pointer, const mm::ByteRange& range) {
  (void)WriteUser(base_pointer, range.base.value);
  (void)WriteUser(size_pointer, range.size);
  return Status::kSuccess;
}

Status QueryBasic(Process& process, VirtAddr address, u32 out, u32 length, u32 returned) {
  if (length < sizeof(BasicInformation)) return Status::kInfoLengthMismatch;
  const mm::MemoryInformation info = TRY(process.space().Query(address));
  TRY_STATUS(WriteUser(out, BasicInformation{.base_address = info.base.value,
                                             .allocation_base = info.allocation_base.value,
                                             .allocation_protect = info.allocation_protection.bits,
                                             .region_size = info.size,
                                             .state = info.state,
                                             .protect = info.protection.bits,
                                             .type = info.type}));
  return returned ? WriteUser(returned, u32(sizeof(BasicInformation))) : Status::kSuccess;
}

Status QueryFilename(Process& process, VirtAddr address, u32 out, u32 length, u32 returned) {
  const mm::Section* section = process.space().FindSection(address);
  const fs::File* file = section ? section->file() : nullptr;
  if (!file) return Status::kInvalidAddress;
  Vector<char16_t> name;
  TRY_STATUS(AppendUtf16("\\Device\\HarddiskVolume1\\", name));
  TRY_STATUS(AppendUtf16(file->Name(), name));
  const u32 bytes = name.size() * 2;
  const u32 needed = sizeof(UserUnicodeString) + bytes + 2;
  if (returned) TRY_STATUS(WriteUser(returned, needed));
  if (length < sizeof(UserUnicodeString)) return Status::kInfoLengthMismatch;
  if (length < needed) return Status::kBufferOverflow;
  TRY_STATUS(name.Push(0));
  const u32 text = out + sizeof(UserUnicodeString);
  TRY_STATUS(CopyToUser(text, name.data(), bytes + 2));
  return WriteUser(out, UserUnicodeString{u16(bytes), u16(bytes + 2), text});
}

/// By what handle Wine's DLLs call their other half: see wine_modules.h.
Status QueryUnixFunctions(Process& process, VirtAddr address, u32 out, u32 length, u32 returned) {
  if (length != sizeof(u64)) return Status::kInfoLengthMismatch;
  const LoadedImage* image = process.FindImage(address);
  if (!image || image->base != address) return Status::kInvalidParameter;
  TRY_STATUS(WriteUser(out, u64(WineModuleOf(image->section->file()->Name()))));
  return returned ? WriteUser(returned, length) : Status::kSuccess;
}

}  // namespace

Status NtAllocateVirtualMemory(const SystemCall& call) {
  const u32 base_pointer = call[1], zero_bits = call[2], size_pointer = call[3];
  const u32 type = call[4], protect = call[5];
  const u32 base = TRY(ReadInOut<u32>(base_pointer));
  const u32 size = TRY(ReadInOut<u32>(size_pointer));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmOperation));
  const mm::ByteRange range = TRY(process->space().Allocate({.base = VirtAddr(base),
                                                             .size = size,
                                                             .type = type,
                                                             .protection = {protect},
                                                             .zero_bits = zero_bits}));
  return ReturnRange(base_pointer, size_pointer, range);
}

Status NtFreeVirtualMemory(const SystemCall& call) {
  const u32 base_pointer = call[1], size_pointer = call[2], type = call[3];
  const u32 base = TRY(ReadInOut<u32>(base_pointer));
  const u32 size = TRY(ReadInOut<u32>(size_pointer));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmOperation));
  const mm::ByteRange range = TRY(process->space().Free(VirtAddr(base), size, type));
  return ReturnRange(base_pointer, size_pointer, range);
}

Status NtProtectVirtualMemory(const SystemCall& call) {
  const u32 base_pointer = call[1], size_pointer = call[2], protect = call[3],
            old_pointer = call[4];
  const u32 base = TRY(ReadInOut<u32>(base_pointer));
  const u32 size = TRY(ReadInOut<u32>(size_pointer));
  TRY_STATUS(ProbeForWrite(old_pointer, sizeof(u32)));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessVmOperation));
  const mm::ProtectResult result =
      TRY(process->space().Protect(VirtAddr(base), size, mm::Protection{protect}));
  (void)WriteUser(old_pointer, result.old.bits);
  return ReturnRange(base_pointer, size_pointer, result.range);
}

Status NtQueryVirtualMemory(const SystemCall& call) {
  const VirtAddr address(call[1]);
  const u32 what = call[2], out = call[3], length = call[4], returned = call[5];
  if (what != kBasicInformation && what != kMappedFilename && what != kWineUnixFunctions) {
    return Status::kInvalidInfoClass;
  }
  if (returned) TRY_STATUS(ProbeForWrite(returned, sizeof(u32)));
  const RefPtr<Process> process = TRY(FindLiveProcess(call, call[0], kProcessQueryInformation));
  if (what == kWineUnixFunctions) {
    return QueryUnixFunctions(*process, address, out, length, returned);
  }
  return what == kBasicInformation ? QueryBasic(*process, address, out, length, returned)
                                   : QueryFilename(*process, address, out, length, returned);
}

}  // namespace fl::kernel
