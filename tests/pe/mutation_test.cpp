// A smoke fuzz: thousands of damaged copies of a valid image go through every function of pe/.
// Nothing is expected but that each ends, keeps the promises that hold for any file, and that the
// sanitizers and the assertions stay silent.
#include <gtest/gtest.h>

#include <random>

#include "tests/pe/image_exercise.h"

namespace fl::test {
namespace {

TEST(Mutation, TheUndamagedImageGoesAllTheWay) {
  EXPECT_EQ(ExerciseImage(SelfImportingImage()), ImageStage::kLinked);
}

TEST(Mutation, DamagedImagesNeverDoHarm) {
  const Bytes valid = SelfImportingImage();
  std::mt19937 random(20240501);
  const u32 interesting[] = {0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFF, 0x1000, 0x1001};
  u32 reached[kImageStages] = {};
  for (int round = 0; round < 20000; ++round) {
    Bytes file = valid;
    const u32 damages = 1 + u32(random() % 4);
    for (u32 i = 0; i < damages; ++i) {
      // Half of the damage goes to the headers, which are a small part of the file.
      const u32 reach = random() % 2 ? 0x300 : u32(file.size()) - 4;
      const u32 at = u32(random()) % reach;
      switch (random() % 3) {
        case 0:
          file[at] = std::byte(random());
          break;
        case 1:
          Put32(file, at & ~3u, interesting[random() % 8]);
          break;
        default:
          Put32(file, at & ~3u, u32(random()) >> (random() % 32));
          break;
      }
    }
    if (random() % 16 == 0) file.resize(random() % file.size());
    ++reached[u32(ExerciseImage(file))];
  }
  for (const u32 count : reached) EXPECT_GT(count, 100u);
}

}  // namespace
}  // namespace fl::test
