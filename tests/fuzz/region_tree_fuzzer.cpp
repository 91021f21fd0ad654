// region_tree: the input chooses the operations of a region tree, which a map of pages checks.
#include "tests/fuzz/fuzz_target.h"
#include "tests/mm/region_tree_pair.h"

namespace fl::fuzz {

void RunInput(std::span<const std::uint8_t> input) {
  test::InputChoices choices(input);
  constexpr u32 kMostPages = 200;
  constexpr u64 kMostOperations = 300;
  mm::test::RegionTreePair(choices, kMostPages).Run(kMostOperations);
}

}  // namespace fl::fuzz
