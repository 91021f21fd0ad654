// A smoke fuzz: thousands of damaged volumes are mounted, walked and read, and then written.
// Nothing is expected but that each walk ends, that reads of a file agree, that no sector outside the
// disk is asked for (the disk asserts that), and that sanitizers and assertions stay silent.
#include <gtest/gtest.h>

#include <random>
#include <utility>

#include "tests/fakes/memory_disk.h"
#include "tests/fs/volume_exercise.h"

namespace fl::test {
namespace {

class Mutation : public testing::TestWithParam<int> {};

TEST_P(Mutation, DamagedVolumesNeverDoHarm) {
  const FatImage valid = SmallVolume(GetParam());
  MemoryDisk disk(valid.bytes);
  ASSERT_TRUE(ExerciseVolume(disk));
  std::mt19937 random(u32(1000 + GetParam()));
  const u32 directory_starts[] = {
      u32(valid.width == 32 ? valid.ClusterOffset(2) : valid.RootOffset()),
      u32(valid.ClusterOffset(10)), u32(valid.ClusterOffset(20)), u32(valid.ClusterOffset(21))};
  const u32 interesting[] = {0,
                             1,
                             2,
                             0xFF,
                             0xFFF,
                             0xFF7,
                             0xFFFF,
                             0xFFF7,
                             0x0FFFFFF7,
                             0xFFFFFFFF,
                             10,
                             21,
                             valid.clusters + 1,
                             valid.clusters + 2};
  std::vector<std::pair<u64, std::vector<std::byte>>> undo_writes;
  disk.before_write = [&](Lba first, u64 sectors) {
    const auto from = disk.bytes.begin() + std::ptrdiff_t(first.value * 512);
    undo_writes.emplace_back(first.value, std::vector(from, from + std::ptrdiff_t(sectors * 512)));
  };
  u32 mounted = 0;
  constexpr u32 kRounds = 6000;
  for (u32 round = 0; round < kRounds; ++round) {
    struct Change {
      u32 at;
      std::byte was;
    };
    std::vector<Change> undo;
    const auto put = [&](u32 at, u32 value, u32 length) {
      for (u32 i = 0; i < length; ++i) {
        undo.push_back({at + i, disk.bytes[at + i]});
        disk.bytes[at + i] = std::byte(value >> (8 * i));
      }
    };
    const u32 damages = 1 + u32(random()) % 5;
    for (u32 i = 0; i < damages; ++i) {
      u32 at;
      switch (random() % 4) {
        case 0:
          at = u32(random()) % 64;
          break;
        case 1:
          at = u32(valid.FatOffset() + random() % 370);
          break;
        default:
          at = directory_starts[random() % 4] + u32(random()) % 320;
          break;
      }
      const u32 value =
          random() % 2 ? u32(random()) : interesting[random() % std::size(interesting)];
      put(at, value, 1u << random() % 3);
    }
    mounted += ExerciseVolume(disk);
    if (round % 4 == 0) {
      undo_writes.clear();
      RandomChoices choices(round);
      (void)ExerciseWriting(disk, choices, 12);
      while (!undo_writes.empty()) {
        const auto& [sector, was] = undo_writes.back();
        std::copy(was.begin(), was.end(), disk.bytes.begin() + std::ptrdiff_t(sector * 512));
        undo_writes.pop_back();
      }
    }
    while (!undo.empty()) {
      disk.bytes[undo.back().at] = undo.back().was;
      undo.pop_back();
    }
    disk.Forget();
  }
  EXPECT_GT(mounted, kRounds / 4);
  EXPECT_LT(mounted, kRounds);
  EXPECT_TRUE(disk.bytes == valid.bytes);
}

INSTANTIATE_TEST_SUITE_P(Widths, Mutation, testing::Values(12, 16, 32));

}  // namespace
}  // namespace fl::test
