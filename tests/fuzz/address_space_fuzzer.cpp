// address_space: the input chooses the operations of three address spaces on an image, a file and shared
// memory; a model with an array of pages checks every status, byte, query and charge.
#include "tests/fuzz/fuzz_target.h"
#include "tests/mm/space_simulation.h"

namespace fl::fuzz {

void RunInput(std::span<const std::uint8_t> input) {
  test::InputChoices choices(input);
  constexpr u32 kMostOperations = 400;
  const u32 seed = 1 + choices.Below(3);
  const u32 ram = 48 + choices.Below(200);
  const auto paging = mm::test::SpaceSimulation::PagingOf(choices.Below(4));
  mm::test::SpaceSimulation(choices, seed, ram, paging).Run(kMostOperations);
}

}  // namespace fl::fuzz
