// Provoke: what a kernel must not do, done on purpose, to see that it is caught and reported (the option
// bugcheck=KIND).
#pragma once

#include "kernel/base/units.h"

namespace fl::kernel {

enum class Provocation : u32 {
  kNone,
  kBugcheck,       ///< Nothing but the report itself.
  kStackOverflow,  ///< Of a thread's kernel stack, into its guard page.
  kBootStackOverflow,
  kUserAccess,  ///< User memory touched by ordinary code.
};

/// Does not return, but for kNone and kinds that do not exist. A scheduler is running.
void Provoke(Provocation kind);

}  // namespace fl::kernel
