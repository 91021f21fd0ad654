// ProcessMemory: see process_memory.h.
#include "kernel/process_memory.h"

#include <cstring>

#include "kernel/base/checked_math.h"
#include "kernel/kernel.h"
#include "kernel/syscall/user_memory.h"
#include "mm/page_fault.h"

namespace fl::kernel {
namespace {

constexpr u32 kUserEnd = 0x7FFF0000;

/// Makes `address` accessible, and moves `size` bytes of its page at once: nothing sleeps between.
template <class Move>
Status MoveWithinPage(Process& process, VirtAddr address, mm::Access access, Move move) {
  for (;;) {
    // It may have ended while the last page came in.
    if (!process.has_space()) return Status::kProcessIsTerminating;
    mm::AddressSpace& space = process.space();
    const VirtPage page = PageOf(address);
    const mm::AddressSpace::PageState state = space.Look(page);
    if (mm::ClassifyFault(state, page, access) == mm::FaultCase::kAlreadyResolved) {
      move(TheKernel().memory.frames.Bytes(state.pte.pfn));
      return Status::kSuccess;
    }
    const Process::SpaceUse use(process);
    const mm::FaultResult result = mm::ResolvePageFault(
        {.address = address, .access = access, .mode = mm::FaultMode::kKernel, .stack = nullptr},
        &space, TheKernel().system_space);
    if (result.outcome != mm::FaultOutcome::kResolved) return result.status;
  }
}

/// `move(offset, bytes of the page)` for each page's part of the range.
template <class Move>
MemoryCopy ForEachPage(Process& process, u32 address, u32 size, mm::Access access, Move move) {
  MemoryCopy result;
  if (size == 0) return result;
  if (!FitsWithin(address, size, kUserEnd)) {
    result.status = Status::kAccessViolation;
    return result;
  }
  while (result.copied < size) {
    const u32 at = address + result.copied;
    const u32 in_page = at & kPageMask;
    const u32 left = size - result.copied;
    const u32 count = left < kPageSize - in_page ? left : kPageSize - in_page;
    result.status = MoveWithinPage(process, VirtAddr(at), access, [&](mm::PageBytes page) {
      move(result.copied, page.subspan(in_page, count));
    });
    if (IsFailure(result.status)) break;
    result.copied += count;
  }
  return result;
}

}  // namespace

MemoryCopy CopyFromProcess(Process& process, u32 address, std::span<std::byte> out) {
  return ForEachPage(process, address, u32(out.size()), mm::Access::kRead,
                     [out](u32 offset, std::span<std::byte> page) {
                       std::memcpy(out.data() + offset, page.data(), page.size());
                     });
}

MemoryCopy CopyToProcess(Process& process, u32 address, std::span<const std::byte> bytes) {
  return ForEachPage(process, address, u32(bytes.size()), mm::Access::kWrite,
                     [bytes](u32 offset, std::span<std::byte> page) {
                       std::memcpy(page.data(), bytes.data() + offset, page.size());
                     });
}

}  // namespace fl::kernel
