// Pager: what every section and address space needs of the machine, by reference; no globals in mm/.
#pragma once

#include "mm/pfn_database.h"
#include "mm/wait.h"

namespace fl::mm {

/// Most pages that one transfer brings in; bounds what lies on the kernel's stack.
inline constexpr u32 kMaxClusterPages = 64;

class Section;

/// Told of what comes into memory, for the trace.
class PageInListener {
 public:
  /// `pages` pages of `section` from `first` on are here, made of `bytes` bytes of its file (0: of
  /// nothing). Must not sleep.
  virtual void OnPageIn(const Section& section, PageIndex first, u32 pages, u32 bytes) = 0;

 protected:
  ~PageInListener() = default;
};

struct Pager {
  PfnDatabase& frames;
  Waiter& waiter;
  u32 cluster_pages = 1;  ///< 1: strictly the page that was touched; at most kMaxClusterPages.
  PageInListener* listener = nullptr;
  bool reads_ahead = false;  ///< Files are read as ReadAhead says, not by clusters.
  /// A fault on a page of a view also maps its neighbours that are in memory, within a block of so many
  /// pages; a power of two.
  u32 around_pages = 1;
  u32 sections_made = 0;
  u32 modified_pages = 0;  ///< Of all files: they are to be written back.
};

}  // namespace fl::mm
