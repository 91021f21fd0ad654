// Bindings: see binding.h.
#include "pe/binding.h"

namespace fl::pe {
namespace {

constexpr u32 kSlotSize = 4;

/// How many bindings have a slot below `limit`.
std::size_t CountBelow(std::span<const Binding> bindings, u64 limit) {
  std::size_t low = 0;
  std::size_t high = bindings.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (bindings[middle].slot.value < limit) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace

std::span<const Binding> BindingsIn(Rva start, u32 size, std::span<const Binding> bindings) {
  const u32 reach = start.value > kSlotSize - 1 ? start.value - (kSlotSize - 1) : 0;
  const std::size_t first = CountBelow(bindings, reach);
  const std::size_t end = CountBelow(bindings, u64(start.value) + size);
  return bindings.subspan(first, end - first);
}

std::span<const Binding> BindingsOfPage(PageIndex page, std::span<const Binding> bindings) {
  return BindingsIn(Rva(page.value << kPageShift), kPageSize, bindings);
}

void ApplyBindings(PageIndex page, PageBytes bytes, std::span<const Binding> bindings) {
  for (const Binding& binding : BindingsOfPage(page, bindings)) {
    for (u32 i = 0; i < kSlotSize; ++i) {
      const Rva at = binding.slot + i;
      if (PageOf(at) != page) continue;
      bytes[at.value & kPageMask] = std::byte(binding.value >> (8 * i));
    }
  }
}

}  // namespace fl::pe
