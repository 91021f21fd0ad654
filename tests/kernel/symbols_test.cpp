// FindSymbol: which function an address belongs to, at the edges of a small table.
#include "kernel/symbols.h"

#include <gtest/gtest.h>

// Three functions at 0x80100000, 0x80100010 and 0x80100100; the last ends at 0x80100120.
extern "C" const fl::u32 fl_symbol_table[] = {
    3,           0x80100120, 0x80100000, 32, 0x80100010, 36, 0x80100100, 40,
    0x0000'0061,  // "a"
    0x0000'0062,  // "b"
    0x0000'0063,  // "c"
};

namespace fl::kernel {
namespace {

TEST(Symbols, AnAddressBelongsToTheFunctionBeforeIt) {
  struct Case {
    u32 address;
    const char* name;
    u32 offset;
  };
  for (const Case& c :
       {Case{0x80100000, "a", 0}, Case{0x8010000F, "a", 15}, Case{0x80100010, "b", 0},
        Case{0x801000FF, "b", 0xEF}, Case{0x80100100, "c", 0}, Case{0x8010011F, "c", 0x1F}}) {
    Symbol symbol;
    ASSERT_TRUE(FindSymbol(c.address, symbol)) << std::hex << c.address;
    EXPECT_STREQ(symbol.name, c.name);
    EXPECT_EQ(symbol.offset, c.offset);
  }
}

TEST(Symbols, NothingIsFoundOutsideTheFunctions) {
  Symbol symbol;
  for (const u32 address : {0u, 0x800FFFFFu, 0x80100120u, 0xFFFFFFFFu}) {
    EXPECT_FALSE(FindSymbol(address, symbol)) << std::hex << address;
  }
}

}  // namespace
}  // namespace fl::kernel
