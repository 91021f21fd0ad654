// ImageSection: the pages of one executable image at one base, shared by every process that maps
// it.
// Owns: its prototypes, the layout, the fix-ups for its base, and what its imports are bound to.
// Lives: from ImageCache::Acquire to the last view's or loader's release.
// Invariants: a present page holds f(file bytes, base, bindings): relocated, bound, and with the
//   actual base in its header. Such a page is never dirty; only pages of shared-writable PE
//   sections are mapped writable. Bindings are set before any user view exists: only the kernel's linker
//   maps a section that can be bound, and an image that is mapped without it is another variant.
// Units: PageIndex counts 4 KiB pages from the image base; Rva counts bytes.
#pragma once

#include "kernel/base/intrusive_list.h"
#include "mm/section.h"
#include "pe/image_layout.h"
#include "pe/linker.h"
#include "pe/relocation.h"

namespace fl::mm {

class ImageCache;

class ImageSection final : public Section, public ListNode<ImageSection> {
 public:
  ~ImageSection() override;

  const pe::ImageLayout& layout() const { return layout_; }
  /// Where its pages expect to be mapped.
  VirtAddr base() const { return base_; }
  bool relocated() const { return base_ != layout_.preferred_base; }
  /// Does the base change bytes of this page?
  bool IsRelocated(PageIndex page) const { return relocated() && relocations_.HasFixups(page); }
  /// Which of the file's sections this is; see ImageCache.
  u32 variant() const { return variant_; }
  /// From this number on, a file's variants keep the imports that the file has.
  static constexpr u32 kUnbound = 0x8000'0000;
  /// What can lie at another base than the preferred one: it has fix-ups.
  static bool CanMove(const pe::ImageLayout& layout);
  /// The imported addresses, sorted by slot; empty if nothing was bound.
  std::span<const pe::Binding> bindings() const { return bindings_.span(); }
  bool is_bound() const { return bound_; }
  /// Binds the imports: pages that come in from now on hold the addresses, and those that are
  /// present already (the linker read them) get them now. Once; no user view exists yet.
  void Bind(Vector<pe::Binding> bindings);

  bool SharesWrites(PageIndex index) const override;
  ProtectionRun ProtectionFrom(PageIndex index, Protection view) const override;

 private:
  friend class ImageCache;
  ImageSection(Pager& pager, RefPtr<fs::File> file, pe::ImageLayout layout, VirtAddr base,
               u32 variant);
  /// Prepares the pages: table, shared-writable promise, fix-ups if the base is not the preferred
  /// one. May sleep. kInvalidImageFormat with `error` if the fix-ups are malformed.
  Status Prepare(pe::ParseError* error);

  PageSource SourceOf(PageIndex index) const override;
  bool NeedsFinish(PageIndex index) const override;
  Status FinishPage(PageIndex index, PageBytes bytes) override;
  bool IsPromised(PageIndex index) const override { return SharesWrites(index); }
  /// The last four bytes of the page before `index` as the file has them.
  Status OriginalTailBefore(PageIndex index, std::span<std::byte, 4> tail);
  Protection ProtectionOf(PageIndex index) const;
  u32 delta() const { return base_ - layout_.preferred_base; }

  const pe::ImageLayout layout_;
  const VirtAddr base_;
  const u32 variant_;
  pe::RelocationIndex relocations_;  ///< Empty unless relocated().
  Vector<pe::Binding> bindings_;
  bool bound_ = false;
  bool ready_ = false;           ///< Prepare has succeeded.
  ImageCache* cache_ = nullptr;  ///< Told when this section ends.
};

}  // namespace fl::mm
