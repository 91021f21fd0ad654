// BootAllocator: first fit above 1 MiB, and an account of every frame.
#include "boot/boot_allocator.h"

#include <gtest/gtest.h>

namespace fl::boot {
namespace {

FrameRanges Ram(std::initializer_list<FrameRange> list) {
  FrameRanges ram;
  for (const FrameRange& range : list) EXPECT_TRUE(ram.Add(range));
  return ram;
}

std::vector<FrameRange> List(std::span<const FrameRange> span) {
  return {span.begin(), span.end()};
}

TEST(BootAllocator, PrefersMemoryAboveOneMebibyte) {
  BootAllocator allocator(Ram({{Pfn(0), 0x9F}, {Pfn(0x100), 4}}), Pfn(0x40000));
  EXPECT_EQ(allocator.Take(3), Pfn(0x100));
  EXPECT_EQ(allocator.Take(1), Pfn(0x103));
  EXPECT_EQ(allocator.Take(1), Pfn(1));
}

TEST(BootAllocator, NeverGivesFrameZeroNorAFrameTwice) {
  BootAllocator allocator(Ram({{Pfn(0), 3}}), Pfn(0x40000));
  EXPECT_EQ(allocator.Take(1), Pfn(1));
  EXPECT_EQ(allocator.Take(1), Pfn(2));
  EXPECT_EQ(allocator.Take(1), std::nullopt);
}

TEST(BootAllocator, StepsOverWhatIsReserved) {
  BootAllocator allocator(Ram({{Pfn(0x100), 0x100}}), Pfn(0x40000));
  allocator.Reserve({Pfn(0x102), 4});
  EXPECT_EQ(allocator.Take(3), Pfn(0x106));
  EXPECT_EQ(allocator.Take(2), Pfn(0x100));
}

TEST(BootAllocator, RunsDoNotSpanHoles) {
  BootAllocator allocator(Ram({{Pfn(0x100), 4}, {Pfn(0x105), 5}}), Pfn(0x40000));
  EXPECT_EQ(allocator.Take(5), Pfn(0x105));
  EXPECT_EQ(allocator.Take(5), std::nullopt);
}

TEST(BootAllocator, IgnoresRamAboveTheLimit) {
  BootAllocator allocator(Ram({{Pfn(0x100), 0x100}, {Pfn(0x1000), 0x100}}), Pfn(0x180));
  EXPECT_EQ(allocator.end(), Pfn(0x180));
  EXPECT_EQ(allocator.Take(0x81), std::nullopt);
}

TEST(BootAllocator, FreeAndUsedAddUpToRam) {
  BootAllocator allocator(Ram({{Pfn(0), 0x9F}, {Pfn(0x100), 0x100}}), Pfn(0x40000));
  allocator.Reserve({Pfn(0x90), 0x80});  // Partly in the hole.
  ASSERT_EQ(allocator.Take(0x10), Pfn(0x110));
  EXPECT_EQ(List(allocator.Used().span()),
            (std::vector<FrameRange>{{Pfn(0x90), 0xF}, {Pfn(0x100), 0x20}}));
  EXPECT_EQ(List(allocator.free()), (std::vector<FrameRange>{{Pfn(1), 0x8F}, {Pfn(0x120), 0xE0}}));
}

TEST(BootAllocator, WithoutRamThereIsNothing) {
  BootAllocator allocator(FrameRanges{}, Pfn(0x40000));
  EXPECT_EQ(allocator.end(), Pfn(0));
  EXPECT_EQ(allocator.Take(1), std::nullopt);
}

}  // namespace
}  // namespace fl::boot
