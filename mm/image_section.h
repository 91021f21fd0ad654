// ImageSection: the pages of one executable image at one base, shared by every process that maps it.
// Owns:        its prototypes, the layout, the fix-ups for its base, and what its imports are bound to.
// Lives:       from ImageCache::Acquire to the last view's or loader's release.
// Invariants:  a present page holds f(file bytes, base, bindings): relocated, bound, and with the actual
//              base in its header. Such a page is never dirty; only pages of shared-writable PE sections are
//              mapped writable. Bindings are set before any user view exists.
// Units:       PageIndex counts 4 KiB pages from the image base; Rva counts bytes.
#pragma once

#include "mm/section.h"
#include "pe/image_layout.h"
#include "pe/linker.h"
#include "pe/relocation.h"

namespace fl::mm {

class ImageCache;

class ImageSection final : public Section {
 public:
  ~ImageSection() override;

  const pe::ImageLayout& layout() const { return layout_; }
  /// Where its pages expect to be mapped.
  VirtAddr base() const { return base_; }
  bool relocated() const { return base_ != layout_.preferred_base; }
  /// The imported addresses, sorted by slot; empty if nothing was bound.
  std::span<const pe::Binding> bindings() const { return bindings_.span(); }
  bool is_bound() const { return bound_; }
  /// Binds the imports: pages that come in from now on hold the addresses, and those that are present
  /// already (the linker read them) get them now. Once; no user view exists yet.
  void Bind(Vector<pe::Binding> bindings);

  bool SharesWrites(PageIndex index) const override;
  ProtectionRun ProtectionFrom(PageIndex index, Protection view) const override;

 private:
  friend class ImageCache;
  ImageSection(Pager& pager, RefPtr<fs::File> file, pe::ImageLayout layout, VirtAddr base);
  /// Prepares the pages: table, fix-ups if the base is not the preferred one, shared-writable promise.
  /// kIllegalDllRelocation if the image has no fix-ups and cannot move.
  Status Prepare(pe::ParseError* error);

  PageSource SourceOf(PageIndex index) const override;
  Status FinishPage(PageIndex index, PageBytes bytes) override;
  bool IsPromised(PageIndex index) const override { return SharesWrites(index); }
  Status OriginalTailBefore(PageIndex index, std::span<std::byte, 4> tail);

  const pe::ImageLayout layout_;
  const VirtAddr base_;
  pe::RelocationIndex relocations_;
  Vector<pe::Binding> bindings_;
  bool bound_ = false;
  bool relocations_ready_ = false;
  ImageCache* cache_ = nullptr;  ///< Told when this section ends.
};

}  // namespace fl::mm
