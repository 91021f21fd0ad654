// SyscallStubs: see syscall_stubs.h.
// Encodings: Intel SDM vol. 2.
#include "kernel/syscall_stubs.h"

#include <cstring>
#include <new>

#include "kernel/syscall/system_calls.h"
#include "kernel/x86/cpu.h"

namespace fl::kernel {
namespace {

constexpr u32 kStubSize = 16;
constexpr u32 kFirstStub = 32;
/// mov edx, esp; sysenter; ret
constexpr u8 kFastCall[] = {0x8B, 0xD4, 0x0F, 0x34, 0xC3};
/// int 0x2e; ret: the same where the processor has no SYSENTER.
constexpr u8 kSlowCall[] = {0xCD, 0x2E, 0xC3};
constexpr u32 kFastCallOffset = kPageSize - kStubSize;
constexpr u32 kFastCallReturnOffset = kFastCallOffset + 4;
constexpr u8 kBreakpoint = 0xCC;

u32 NumberOf(std::string_view name) {
  const std::span<const SystemCallEntry> calls = SystemCalls();
  for (u32 i = 0; i < calls.size(); ++i) {
    if (name == calls[i].name) return i;
  }
  return ~0u;
}

/// Programs that the kernel links do not know it.
bool IsForNtOnly(const SystemCallEntry& call) { return call.name[0] == '_'; }

void Put(std::byte* at, std::span<const u8> code) { std::memcpy(at, code.data(), code.size()); }

}  // namespace

Result<RefPtr<SyscallStubs>> SyscallStubs::Create(mm::Pager& pager) {
  KASSERT(kFirstStub + SystemCalls().size() * kStubSize <= kFastCallOffset);
  auto stubs = AdoptRef(new (std::nothrow) SyscallStubs(pager));
  if (!stubs) return Status::kNoMemory;
  TRY_STATUS(stubs->Section::Create(kPageSize));
  return stubs;
}

VirtAddr SyscallStubs::AddressOf(u32 number) {
  return kStubsBase + (kFirstStub + number * kStubSize);
}

VirtAddr SyscallStubs::AddressOf(std::string_view name) {
  const u32 number = NumberOf(name);
  KASSERT(number != ~0u);
  return AddressOf(number);
}

VirtAddr SyscallStubs::FastCall() { return kStubsBase + kFastCallOffset; }

VirtAddr SyscallStubs::FastCallReturn() { return kStubsBase + kFastCallReturnOffset; }

Status SyscallStubs::FinishPage(PageIndex, mm::PageBytes bytes) {
  std::memset(bytes.data(), kBreakpoint, bytes.size());
  const u32 exit_number = kOwnCallNumbers + NumberOf("RtlExitUserThread");
  // push eax; push eax (in the place of a return address); mov eax, number; int 0x2e
  const u8 exit[] = {0x50, 0x50, 0xB8, u8(exit_number), u8(exit_number >> 8), 0, 0, 0xCD, 0x2E};
  Put(bytes.data(), exit);
  // mov ecx, eax; mov eax, number; int 0x2e
  const u8 loader_return[] = {0x89, 0xC1, 0xB8, 0, 0, kLoaderReturnNumber >> 16, 0, 0xCD, 0x2E};
  Put(bytes.data() + (LoaderReturnAddress() - kStubsBase), loader_return);
  const bool fast = x86::Features().sep;
  Put(bytes.data() + kFastCallOffset,
      fast ? std::span<const u8>(kFastCall) : std::span<const u8>(kSlowCall));
  const std::span<const SystemCallEntry> calls = SystemCalls();
  for (u32 i = 0; i < calls.size(); ++i) {
    const u32 offset = kFirstStub + i * kStubSize;
    const u32 number = kOwnCallNumbers + i;
    const u8 size = u8(calls[i].arguments * 4);
    if (fast || IsForNtOnly(calls[i])) {
      // mov eax, number; call FastCall; ret argument bytes
      const u32 distance = kFastCallOffset - (offset + 10);
      const u8 stub[] = {0xB8,
                         u8(number),
                         u8(number >> 8),
                         0,
                         0,
                         0xE8,
                         u8(distance),
                         u8(distance >> 8),
                         0,
                         0,
                         0xC2,
                         size,
                         0};
      Put(bytes.data() + offset, stub);
    } else {
      // mov eax, number; int 0x2e; ret argument bytes
      const u8 stub[] = {0xB8, u8(number), u8(number >> 8), 0, 0, 0xCD, 0x2E, 0xC2, size, 0};
      Put(bytes.data() + offset, stub);
    }
  }
  return Status::kSuccess;
}

Result<pe::Export> VirtualNtdll::FindExport(const pe::SymbolRef& symbol, pe::ParseError*) {
  if (symbol.by_ordinal()) return Status::kOrdinalNotFound;
  char buffer[64];
  std::string_view name = symbol.name;
  if (name.starts_with("Zw") && name.size() < sizeof(buffer)) {
    std::memcpy(buffer, name.data(), name.size());
    buffer[0] = 'N';
    buffer[1] = 't';
    name = {buffer, name.size()};
  }
  const u32 number = NumberOf(name);
  if (number == ~0u) return Status::kEntryPointNotFound;
  return pe::Export{Rva(SyscallStubs::AddressOf(number) - kStubsBase), false};
}

}  // namespace fl::kernel
