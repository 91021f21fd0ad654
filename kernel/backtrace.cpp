// Backtraces: see backtrace.h. A frame is {the caller's frame pointer, the return address}; frames
// lie at rising addresses, so a chain that does not rise is broken or a loop.
#include "kernel/backtrace.h"

#include "kernel/heap.h"
#include "mm/pfn_database.h"

namespace fl::kernel {
namespace {

u32 WordAt(u32 address) { return *reinterpret_cast<const volatile u32*>(std::uintptr_t{address}); }

/// A pointer into memory filled with `fill`, or the fill itself with a member's offset added.
constexpr bool LooksFilled(u32 value, u8 fill) { return value - fill * 0x01010101u < kPageSize; }

}  // namespace

u32 WalkStack(u32 frame_pointer, StackBounds bounds, std::span<u32> return_addresses) {
  u32 count = 0;
  while (count < return_addresses.size() && frame_pointer % 4 == 0 && frame_pointer >= bounds.low &&
         frame_pointer < bounds.high && bounds.high - frame_pointer >= 8) {
    const u32 return_address = WordAt(frame_pointer + 4);
    if (return_address == 0) break;  // The first frame of a stack.
    return_addresses[count++] = return_address;
    const u32 caller = WordAt(frame_pointer);
    if (caller <= frame_pointer) break;
    frame_pointer = caller;
  }
  return count;
}

const char* NameMemoryPattern(u32 value) {
  if (LooksFilled(value, kFreedMemoryFill)) return "freed heap memory";
  if (LooksFilled(value, kNewMemoryFill)) return "new heap memory that nobody wrote to";
  if (LooksFilled(value, mm::kPoison)) return "a freed frame";
  return nullptr;
}

}  // namespace fl::kernel
