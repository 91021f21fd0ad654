// pe_image: the input is a PE file. Headers, layout, exports, imports, relocations, linking, pages.
#include "tests/fuzz/fuzz_target.h"
#include "tests/pe/image_exercise.h"

namespace fl::fuzz {

void RunInput(std::span<const std::uint8_t> input) {
  const std::span<const std::byte> bytes = std::as_bytes(input);
  (void)test::ExerciseImage(test::Bytes(bytes.begin(), bytes.end()));
}

}  // namespace fl::fuzz
