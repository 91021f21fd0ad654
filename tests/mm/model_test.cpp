// Random operations of several address spaces on several sections, step by step against SpaceModel.
// With little memory too, when calls may be refused.
#include "tests/mm/space_simulation.h"

namespace fl::mm::test {
namespace {

TEST(Model, RandomOperationsWithPlentyOfMemory) {
  for (u32 seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomChoices choices(seed);
    SpaceSimulation simulation(choices, seed, 400, SpaceSimulation::PagingOf(seed));
    simulation.Run(1000);
    EXPECT_EQ(simulation.refused(), 0u);
    if (HasFailure()) return;
  }
}

TEST(Model, RandomOperationsWithLittleMemory) {
  u32 refused = 0;
  for (u32 seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomChoices choices(seed);
    SpaceSimulation simulation(choices, seed, 48 + seed * 4, SpaceSimulation::PagingOf(seed));
    simulation.Run(1000);
    refused += simulation.refused();
    if (HasFailure()) return;
  }
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace fl::mm::test
