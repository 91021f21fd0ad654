// WalkStack over stacks that are whole and stacks that are not, at addresses below 4 GiB; and the
// memory patterns.
#include "kernel/backtrace.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <vector>

namespace fl::kernel {
namespace {

constexpr u32 kStack = 0x58000000;
constexpr StackBounds kBounds{kStack + 0x100, kStack + kPageSize};

/// A page between two that must not be touched.
class WalkStackTest : public testing::Test {
 protected:
  WalkStackTest() {
    void* at = reinterpret_cast<void*>(std::uintptr_t{kStack});
    EXPECT_EQ(mmap(at, kPageSize, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
              at);
  }
  ~WalkStackTest() { munmap(reinterpret_cast<void*>(std::uintptr_t{kStack}), kPageSize); }

  void Frame(u32 at, u32 caller, u32 return_address) {
    u32* words = reinterpret_cast<u32*>(std::uintptr_t{at});
    words[0] = caller;
    words[1] = return_address;
  }
  std::vector<u32> Walk(u32 from, u32 limit = 8) {
    std::vector<u32> found(limit);
    found.resize(WalkStack(from, kBounds, found));
    return found;
  }
};

TEST_F(WalkStackTest, FollowsFramesToTheFirstOne) {
  Frame(kStack + 0x100, kStack + 0x200, 0x80100001);
  Frame(kStack + 0x200, kStack + 0xFF8, 0x80100002);
  Frame(kStack + 0xFF8, 0, 0x80100003);
  EXPECT_EQ(Walk(kStack + 0x100), (std::vector<u32>{0x80100001, 0x80100002, 0x80100003}));
  EXPECT_EQ(Walk(kStack + 0x100, 2), (std::vector<u32>{0x80100001, 0x80100002}));
  Frame(kStack + 0xFF8, 0, 0);
  EXPECT_EQ(Walk(kStack + 0x200), (std::vector<u32>{0x80100002}));
}

TEST_F(WalkStackTest, StopsWhereTheChainLeavesTheStack) {
  for (const u32 caller : {0x00401000u, kStack + kPageSize, kStack + kPageSize - 4, kStack + 0x203u,
                           0xFFFFFFFCu, 0xDDDDDDDDu}) {
    Frame(kStack + 0x200, caller, 0x80100001);
    EXPECT_EQ(Walk(kStack + 0x200), (std::vector<u32>{0x80100001})) << std::hex << caller;
  }
  EXPECT_TRUE(Walk(kStack + 0xFC).empty());
  EXPECT_TRUE(Walk(kStack - 8).empty());
  EXPECT_TRUE(Walk(0).empty());
}

TEST_F(WalkStackTest, StopsAtALoop) {
  Frame(kStack + 0x200, kStack + 0x300, 0x80100001);
  Frame(kStack + 0x300, kStack + 0x200, 0x80100002);
  EXPECT_EQ(Walk(kStack + 0x200).size(), 2u);
  Frame(kStack + 0x300, kStack + 0x300, 0x80100002);
  EXPECT_EQ(Walk(kStack + 0x200).size(), 2u);
}

TEST(MemoryPattern, FillsAndTheirMembersAreNamed) {
  EXPECT_STREQ(NameMemoryPattern(0xDDDDDDDD), "freed heap memory");
  EXPECT_STREQ(NameMemoryPattern(0xDDDDDDED), "freed heap memory");
  EXPECT_STREQ(NameMemoryPattern(0xCDCDCDCD), "new heap memory that nobody wrote to");
  EXPECT_STREQ(NameMemoryPattern(0xDBDBDBDB), "a freed frame");
  EXPECT_EQ(NameMemoryPattern(0), nullptr);
  EXPECT_EQ(NameMemoryPattern(0xDDDDDDDC), nullptr);
  EXPECT_EQ(NameMemoryPattern(0xCDCDE000), nullptr);
  EXPECT_EQ(NameMemoryPattern(0x80100000), nullptr);
}

}  // namespace
}  // namespace fl::kernel
