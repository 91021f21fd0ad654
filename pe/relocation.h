// RelocationIndex: the fix-ups of an image, sorted by page, so that a page can be relocated on its
// own when it is read in, in any order of pages.
// Owns: about 2 bytes for each fix-up and 12 for each page with fix-ups; it does not need the
//   image.
// Invariants: no two fix-ups share a byte (Build refuses that: their effect would depend on order),
//   so at most one crosses each page edge; every field lies in pages that are present; none lies in
//   the header's ImageBase field, which the pager writes itself.
// Arithmetic: each fix-up adds a constant to a 16- or 32-bit field, modulo its width: HIGHLOW (32
//   bits) the delta; LOW (16) its low half; HIGH (16) its high half; HIGHADJ (16) the high half of
//   (next slot, signed + delta + 0x8000).
// Source: Microsoft Learn, "PE Format", ".reloc Section"; HIGHADJ's sum as NT's loader makes it.
#pragma once

#include <array>

#include "pe/byte_source.h"
#include "pe/chunked_vector.h"
#include "pe/image_layout.h"

namespace fl::pe {

/// The last bytes of a page, as many as a fix-up that crosses its end can own, and one more.
using PageTail = std::array<std::byte, 4>;

class RelocationIndex {
 public:
  /// Reads the relocation directory. `image` must show the file's own, unrelocated bytes. An image
  /// without the directory, or stripped of relocations, has an empty index. kInvalidImageFormat
  /// with `error` (may be null), kNoMemory, or what the source says.
  static Result<RelocationIndex> Build(ByteSource& image, const ImageLayout& layout,
                                       ParseError* error);

  u32 fixup_count() const { return fixup_count_; }
  /// Do the page's bytes depend on the base (the ImageBase field aside)?
  bool HasFixups(PageIndex page) const;
  /// Does a fix-up of the page before cross into `page`, so that Apply needs that page's tail?
  bool NeedsPrevious(PageIndex page) const;

  /// Relocates one page by `delta` (actual base - preferred base). `before`: the last 4 bytes of
  /// the page before, not relocated; looked at only if NeedsPrevious(page). O(fix-ups of the page +
  /// log pages).
  void Apply(PageIndex page, PageBytes bytes, std::span<const std::byte, 4> before,
             u32 delta) const;

  /// What Apply(page + 1) needs as `before`, recovered from `page` as it stands relocated by
  /// `delta`: the bytes of the fix-up that crosses the page's end are original, the others are as
  /// found.
  PageTail OriginalTail(PageIndex page, std::span<const std::byte, kPageSize> relocated,
                        u32 delta) const;

 private:
  class Builder;

  /// A fix-up: type << 12 | offset; HIGHADJ is followed by its second slot. As in the file.
  using Slot = u16;
  struct PageFixups {
    u32 page;
    u32 first_slot;         ///< Into slots_, up to the next page's. Fields wholly inside the page.
    Slot crossing = 0;      ///< The fix-up that crosses the page's end; 0 (ABSOLUTE): none.
    Slot crossing_low = 0;  ///< Its second slot, if HIGHADJ.
  };

  /// The first of pages_ that is not before `page`.
  u32 LowerBound(PageIndex page) const;
  const PageFixups* Find(PageIndex page) const;

  ChunkedVector<Slot> slots_;
  ChunkedVector<PageFixups> pages_;
  u32 fixup_count_ = 0;
};

}  // namespace fl::pe
