// Bindings: the values of an image's import address slots, sorted by slot, and their way into a
// page.
#pragma once

#include "pe/image_layout.h"

namespace fl::pe {

/// Four bytes of an image, little-endian, that hold the address of an import.
struct Binding {
  Rva slot;
  u32 value = 0;  ///< A virtual address.
};

/// Those of `bindings` (ascending by slot) that have a byte in [start, start + size); `size` is not
/// 0.
std::span<const Binding> BindingsIn(Rva start, u32 size, std::span<const Binding> bindings);
/// Those that have a byte in `page`.
std::span<const Binding> BindingsOfPage(PageIndex page, std::span<const Binding> bindings);

/// Writes the slots' bytes that lie in `page`; a slot may cross the page's edges. `bindings` are
/// all of the image's. To be called after the page is relocated. O(slots of the page + log slots).
void ApplyBindings(PageIndex page, PageBytes bytes, std::span<const Binding> bindings);

}  // namespace fl::pe
