// RegionTree against the naive model: the same random operations must have the same answers and
// leave the same regions. FAULTLINE_ROUNDS sets the operations for each seed; a seed that is
// printed after a failure can be added to the list below.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/mm/region_tree_pair.h"

namespace fl::mm::test {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr u64 kDefaultRounds = 60'000;
#else
constexpr u64 kDefaultRounds = 1'000'000;
#endif

u64 Rounds() {
  const char* rounds = std::getenv("FAULTLINE_ROUNDS");
  return rounds != nullptr ? std::strtoull(rounds, nullptr, 10) : kDefaultRounds;
}

void Operate(u64 seed, u64 rounds) {
  fl::test::RandomChoices choices(seed);
  RegionTreePair(choices).Run(rounds);
}

class RegionTreeSeed : public testing::TestWithParam<u64> {};

TEST_P(RegionTreeSeed, AMillionRandomOperationsAgreeWithTheModel) { Operate(GetParam(), Rounds()); }
INSTANTIATE_TEST_SUITE_P(Fixed, RegionTreeSeed, testing::Values(1, 20261123, 0xFA017));

TEST(RegionTree, AMillionRandomOperationsOfARandomSeedAgreeWithTheModel) {
  const u64 seed = std::random_device{}();
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  RecordProperty("seed", std::to_string(seed));
  Operate(seed, Rounds());
}

TEST(RegionTree, ManySmallSpacesAgreeWithTheModel) {
  const u64 spaces = Rounds() / 1000;
  for (u64 seed = 1; seed <= spaces && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Operate(seed, 300);
  }
}

}  // namespace
}  // namespace fl::mm::test
