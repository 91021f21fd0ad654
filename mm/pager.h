// Pager: what every section and address space needs of the machine, by reference; no globals in mm/.
#pragma once

#include "mm/pfn_database.h"
#include "mm/wait.h"

namespace fl::mm {

/// Most pages that one transfer brings in; bounds what lies on the kernel's stack.
inline constexpr u32 kMaxClusterPages = 16;

struct Pager {
  PfnDatabase& frames;
  Waiter& waiter;
  u32 cluster_pages = 1;  ///< 1: strictly the page that was touched; at most kMaxClusterPages.
};

}  // namespace fl::mm
