// FindSymbol: a binary search. The layout of the table is shared with tools/lib/make_symbols.py:
//   u32 count, u32 end of the last function, count times {u32 address, u32 name}, names;
// sorted by address; a name is an offset from the start of the table and ends with a zero.
#include "kernel/symbols.h"

extern "C" const fl::u32 fl_symbol_table[];

namespace fl::kernel {

bool FindSymbol(u32 address, Symbol& symbol) {
  const u32 count = fl_symbol_table[0];
  const u32 end = fl_symbol_table[1];
  const u32* entries = fl_symbol_table + 2;
  if (count == 0 || address < entries[0] || address >= end) return false;
  u32 low = 0;
  u32 high = count;
  while (high - low > 1) {
    const u32 middle = low + (high - low) / 2;
    (entries[2 * middle] <= address ? low : high) = middle;
  }
  symbol.name = reinterpret_cast<const char*>(fl_symbol_table) + entries[2 * low + 1];
  symbol.offset = address - entries[2 * low];
  return true;
}

}  // namespace fl::kernel
