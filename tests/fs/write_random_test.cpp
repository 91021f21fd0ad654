// Thousands of random operations on a volume and on a model of it: afterwards a fresh mount, fsck.fat and
// mtools all see what the model says.
#include <algorithm>

#include "tests/fs/tree_model.h"
#include "tests/fs/write_support.h"

namespace fl::fs {
namespace {

using namespace test;

class RandomTree : public OnFreshVolume {
 protected:
  void ExpectSame(const TreeModel& model, const Bytes& bytes) {
    Mounted fresh(bytes);
    model.Compare(*fresh.volume);
    ExpectClean(bytes);
    // Paths as mtools prints them: "::/a/b".
    const ToolRun listing = folder.Run("mdir -i checked -/ -b -a ::");
    std::vector<std::string> expected = model.Files();
    std::vector<std::string> listed;
    std::size_t at = 0;
    while ((at = listing.output.find("::", at)) != std::string::npos) {
      const std::size_t end = listing.output.find('\n', at);
      std::string path = listing.output.substr(at + 2, end - at - 2);
      if (!path.ends_with("/")) listed.push_back(path);
      at = end;
    }
    std::ranges::sort(expected);
    std::ranges::sort(listed);
    EXPECT_EQ(listed, expected);
  }
  void Run(u64 seed, int rounds, int steps) {
    Mounted mounted(disk);
    TreeModel model(*mounted.volume);
    fl::test::RandomChoices choices(seed);
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < steps && !HasFailure(); ++i) {
        mounted.system->now += 7'654'321;
        model.Step(choices);
      }
      if (HasFailure()) FAIL() << "seed " << seed << ", round " << round;
      ASSERT_EQ(mounted.volume->Flush(), Status::kSuccess);
      model.Compare(*mounted.volume);
      model.CloseRemoved();
      ASSERT_EQ(mounted.volume->Flush(), Status::kSuccess);
      ExpectSame(model, mounted.disk->bytes);
    }
    EXPECT_GT(model.done, rounds * steps / 8);
    if (std::string_view(GetParam().name) == "Fat12") {
      EXPECT_GT(model.refused, 0);
    }
  }
};

TEST_P(RandomTree, StaysWhatTheModelSays) {
  Run(1, 3, 1000);
  if (!HasFailure()) Run(2, 1, 1500);
}

ON_FRESH_VOLUMES(RandomTree);

}  // namespace
}  // namespace fl::fs
