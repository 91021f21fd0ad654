// ImageLog: what became of each image, kept past the end of its section, for the statistics.
// Invariants:  one entry for each image and base; entries of sections that came again are added up.
//              Lost entries (no room) are counted, never guessed.
#pragma once

#include "kernel/base/vector.h"
#include "kernel/trace.h"
#include "mm/image_cache.h"

namespace fl::kernel {

struct ImageAccount {
  char name[64] = {};
  VirtAddr base;
  VirtAddr preferred_base;
  u32 pages = 0;
  mm::SectionCounters counters;
};

class ImageLog final : public mm::ImageListener {
 public:
  /// All the room that it gets: the log does not show up in what it measures.
  Status Reserve() { return accounts_.Reserve(kMostAccounts); }
  void OnSectionReady(const mm::ImageSection& section) override { TraceImage(section); }
  void OnSectionBound(const mm::ImageSection& section) override { TraceBound(section); }
  void OnSectionEnd(const mm::ImageSection& section) override { Add(section); }
  /// Also for sections that live on when the statistics are made.
  void Add(const mm::ImageSection& section);
  std::span<const ImageAccount> accounts() const { return accounts_.span(); }
  u32 lost() const { return lost_; }

 private:
  static constexpr u32 kMostAccounts = 64;

  Vector<ImageAccount> accounts_;
  u32 lost_ = 0;
};

}  // namespace fl::kernel
