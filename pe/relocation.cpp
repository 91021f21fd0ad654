// RelocationIndex: relocating one page. The index is built in relocation_builder.cpp.
#include "pe/relocation.h"

#include "pe/fixup.h"

namespace fl::pe {

u32 RelocationIndex::LowerBound(PageIndex page) const {
  u32 low = 0;
  u32 high = pages_.size();
  while (low < high) {
    const u32 middle = low + (high - low) / 2;
    if (pages_[middle].page < page.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

const RelocationIndex::PageFixups* RelocationIndex::Find(PageIndex page) const {
  const u32 at = LowerBound(page);
  return at < pages_.size() && pages_[at].page == page.value ? &pages_[at] : nullptr;
}

bool RelocationIndex::HasFixups(PageIndex page) const {
  return Find(page) != nullptr || NeedsPrevious(page);
}

bool RelocationIndex::NeedsPrevious(PageIndex page) const {
  if (page.value == 0) return false;
  const PageFixups* previous = Find(page - 1);
  return previous && previous->crossing != 0;
}

void RelocationIndex::Apply(PageIndex page, PageBytes bytes, std::span<const std::byte, 4> before,
                            u32 delta) const {
  const u32 at = LowerBound(page);
  if (at > 0 && pages_[at - 1].page + 1 == page.value && pages_[at - 1].crossing != 0) {
    const PageFixups& previous = pages_[at - 1];
    const Fixup fixup = DecodeFixup(previous.crossing, previous.crossing_low);
    const u32 inside_previous = kPageSize - fixup.offset;
    const u32 carry = AddBytes(before.last(inside_previous), {}, fixup.Addend(delta), 0);
    const std::span<std::byte> upper = bytes.first(fixup.Width() - inside_previous);
    AddBytes(upper, upper, fixup.Addend(delta) >> (8 * inside_previous), carry);
  }
  if (at == pages_.size() || pages_[at].page != page.value) return;

  const u32 end = at + 1 < pages_.size() ? pages_[at + 1].first_slot : slots_.size();
  for (u32 i = pages_[at].first_slot; i < end;) {
    for (const Slot slot : slots_.Run(i, end)) {
      if (FixupType(slot >> 12) != FixupType::kHighLow) break;
      AddToField(bytes.data() + (slot & kPageMask), delta);
      ++i;
    }
    if (i == end) break;
    const Slot slot = slots_[i++];
    const Slot low = FixupSlots(slot) == 2 ? slots_[i++] : Slot(0);
    const Fixup fixup = DecodeFixup(slot, low);
    const std::span<std::byte> field = bytes.subspan(fixup.offset, fixup.Width());
    AddBytes(field, field, fixup.Addend(delta), 0);
  }
  if (pages_[at].crossing != 0) {
    const Fixup fixup = DecodeFixup(pages_[at].crossing, pages_[at].crossing_low);
    const std::span<std::byte> lower = bytes.subspan(fixup.offset);
    AddBytes(lower, lower, fixup.Addend(delta), 0);
  }
}

PageTail RelocationIndex::OriginalTail(PageIndex page,
                                       std::span<const std::byte, kPageSize> relocated,
                                       u32 delta) const {
  PageTail tail;
  for (u32 i = 0; i < tail.size(); ++i) tail[i] = relocated[kPageSize - tail.size() + i];
  const PageFixups* fixups = Find(page);
  if (fixups && fixups->crossing != 0) {
    const Fixup fixup = DecodeFixup(fixups->crossing, fixups->crossing_low);
    const std::span<std::byte> lower = std::span<std::byte>(tail).last(kPageSize - fixup.offset);
    // The low bytes of a sum depend on the low bytes of its terms alone.
    AddBytes(lower, lower, 0u - fixup.Addend(delta), 0);
  }
  return tail;
}

}  // namespace fl::pe
