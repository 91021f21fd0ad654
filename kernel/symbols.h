// Symbols: the names of the kernel's functions, inside the kernel, for backtraces.
// Invariant: the table describes the very image that holds it; the build checks this after the last
// link (cmake/symbols.cmake). In the first link it is empty, and nothing is found.
#pragma once

#include "kernel/base/units.h"

namespace fl::kernel {

struct Symbol {
  const char* name = "";  ///< Qualified, without parameters and template arguments.
  u32 offset = 0;         ///< Of the address in the function.
};

/// False if the address is in no function of the kernel.
[[nodiscard]] bool FindSymbol(u32 address, Symbol& symbol);

}  // namespace fl::kernel
