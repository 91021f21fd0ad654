// UserStack: see user_stack.h.
#include "mm/user_stack.h"

namespace fl::mm {

Status GrowStack(AddressSpace& space, UserStack& stack, VirtPage page) {
  const VirtPage bottom = PageOf(stack.deallocation_base);
  const u32 kept_pages =
      PagesFor(stack.guaranteed_bytes > kPageSize ? stack.guaranteed_bytes : kPageSize);
  if (page >= bottom + 1 + kept_pages) {
    const AllocateRequest guard{.base = AddressOf(page - 1),
                                .size = kPageSize,
                                .type = kMemCommit,
                                .protection = kPageReadWrite.With(kPageGuard)};
    if (space.Allocate(guard).ok()) {
      stack.limit = AddressOf(page);
      return Status::kSuccess;
    }
    // No memory can be promised: to the program its stack is at an end.
  }
  if (page > bottom + 1) {
    const Result<ByteRange> opened = space.Allocate({.base = AddressOf(bottom + 1),
                                                     .size = (page - (bottom + 1)) << kPageShift,
                                                     .type = kMemCommit,
                                                     .protection = kPageReadWrite});
    if (!opened) return Status::kStackOverflow;
  }
  stack.limit = AddressOf(bottom + 1);
  return Status::kStackOverflow;
}

}  // namespace fl::mm
