// ZeroFill: see zero_fill.h.
#include "kernel/zero_fill.h"

#include "kernel/syscall/user_memory.h"

namespace fl::kernel {
namespace {

constexpr u32 kDirection = 1u << 10;
constexpr u8 kRep = 0xF3;
constexpr u8 kStosByte = 0xAA;
constexpr u8 kStosDword = 0xAB;

/// Bytes from `address` on, at most `most`, that lie in untouched pages.
u32 UntouchedBytes(mm::AddressSpace& space, VirtAddr address, u32 most) {
  if (!space.Contains(address)) return 0;
  const VirtPage page = PageOf(address);
  const u32 within = address.value & kPageMask;
  const u64 pages = space.UntouchedPages(page, PagesFor(u64(within) + most));
  const u64 bytes = pages * kPageSize;
  if (bytes <= within) return 0;
  return bytes - within < most ? u32(bytes - within) : most;
}

}  // namespace

u32 StepOverZeroFill(Process& process, x86::TrapFrame& frame) {
  if ((frame.eflags & kDirection) != 0) return 0;
  const Result<u16> code = ReadUser<u16>(frame.eip);
  if (!code.ok() || u8(*code) != kRep) return 0;
  const u8 operation = u8(*code >> 8);
  const u32 unit = operation == kStosDword ? 4 : 1;
  if (operation != kStosByte && operation != kStosDword) return 0;
  if ((operation == kStosDword ? frame.eax : frame.eax & 0xFF) != 0) return 0;
  const u32 most = frame.ecx < 0x80000000u / unit ? frame.ecx * unit : 0x80000000u;
  // Less than a page is not worth it: what is cleared will be used.
  const u32 bytes = UntouchedBytes(process.space(), VirtAddr(frame.edi), most) & ~(unit - 1);
  if (bytes < kPageSize) return 0;
  frame.edi += bytes;
  frame.ecx -= bytes / unit;
  return bytes;
}

}  // namespace fl::kernel
