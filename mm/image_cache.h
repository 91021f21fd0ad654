// ImageCache: from file identity to image section, so that each image is built once and shared.
// Owns: a reference to each of the few images that were asked for last (KeepRecent): a program that is
//   started again finds its image as it was left. To all others it refers weakly, and a section tells it
//   when it ends.
// Invariants: at most one live section for each (file, variant). Each live section has its own
//   range of addresses, system-wide, whichever processes map it; only images that cannot move share
//   ranges with others: they live in different processes or not at all.
// Variants: the sections of one file: those that the kernel's linker binds, from 0 on, and those whose
//   imports stay as the file has them, from kUnbound on, for who maps images without the linker. Who cannot
//   have the base (its range is taken in the process, or its imports are bound to other modules than the
//   process has) asks for the next one.
// Bases: seed 0: the first variant gets the preferred base if no live section lies there. Everything else
//   that can move gets a base that (seed, file, variant) choose, or the next free one above it; so
//   runs with one seed repeat.
// Locks: none: nothing here sleeps but the reads of Acquire, after which all is looked up again.
#pragma once

#include <optional>

#include "mm/data_cache.h"
#include "mm/image_section.h"

namespace fl::mm {

/// Told of an image section's life. Must not sleep, nor keep a reference to the section.
class ImageListener {
 public:
  /// It can be mapped from now on.
  virtual void OnSectionReady(const ImageSection&) {}
  /// Its imports are bound: its pages hold the addresses, or will when they come in.
  virtual void OnSectionBound(const ImageSection&) {}
  /// Its counters can still be read.
  virtual void OnSectionEnd(const ImageSection& section) = 0;

 protected:
  ~ImageListener() = default;
};

class ImageCache {
 public:
  /// Bases of moved images are chosen from the pages [first, end).
  ImageCache(Pager& pager, u32 seed, VirtPage first, VirtPage end)
      : pager_(pager), seed_(seed), first_(first), end_(end) {}
  ImageCache(const ImageCache&) = delete;
  ImageCache& operator=(const ImageCache&) = delete;
  // No section may outlive the cache: the list checks it.

  /// Where a file's bytes may be newer than on the volume: they go there before an image is made of them.
  void SetData(DataCache* data) { data_ = data; }
  /// Does an image of the file live that somebody maps or holds? Those that are only kept go.
  bool IsInUse(const fs::FileId& file);

  void SetListener(ImageListener* listener) { listener_ = listener; }

  /// The image of `file`: built once and shared by all that ask while somebody refers to it.
  /// May sleep. `error` may be null.
  /// kIllegalDllRelocation for another variant of an image that cannot move; kNoMemory, also if no
  /// base is free; what pe::ParseImageLayout, pe::RelocationIndex::Build and the file say.
  Result<RefPtr<ImageSection>> Acquire(RefPtr<fs::File> file, u32 variant, pe::ParseError* error);

  /// From now on the last `count` images that were asked for stay, though nobody refers to them, while half
  /// of what can be promised is free; kMostKept at most. At first none does.
  void KeepRecent(u32 count) { keep_ = count < kMostKept ? count : kMostKept; }
  static constexpr u32 kMostKept = 8;
  /// Lets them go now.
  void DropKept();

  /// Calls `visit(ImageSection&)` for each live section that is ready.
  template <class Visit>
  void ForEach(Visit visit) {
    for (ImageSection& section : sections_) {
      if (section.ready_) visit(section);
    }
  }

 private:
  friend class ImageSection;
  void Forget(ImageSection& section);
  void Keep(ImageSection& section);
  void OnBound(const ImageSection& section) {
    if (listener_) listener_->OnSectionBound(section);
  }
  ImageSection* Find(const fs::FileId& file, u32 variant);
  Result<pe::ImageLayout> ReadLayout(fs::File& file, u32* bytes_read, pe::ParseError* error);
  Result<VirtPage> ChooseBase(const pe::ImageLayout& layout, const fs::FileId& file, u32 variant);
  std::optional<VirtPage> FindFree(VirtPage from, VirtPage end, u32 pages);
  ImageSection* FindOverlap(VirtPage start, u32 pages);

  Pager& pager_;
  const u32 seed_;
  const VirtPage first_;
  const VirtPage end_;
  DataCache* data_ = nullptr;
  ImageListener* listener_ = nullptr;
  IntrusiveList<ImageSection> sections_;
  u32 keep_ = 0;
  RefPtr<ImageSection> kept_[kMostKept];  ///< The last one first.
};

}  // namespace fl::mm
