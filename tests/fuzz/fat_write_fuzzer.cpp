// fat_write: the input is what is done (the first bytes) and a disk (sparse_disk.h), which is searched for
// a volume, mounted, changed, and then walked and read.
#include "tests/fs/volume_exercise.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sparse_disk.h"

namespace fl::fuzz {

void RunInput(std::span<const std::uint8_t> input) {
  const std::size_t length = input.size() < kChoiceBytes ? input.size() : kChoiceBytes;
  SparseDisk disk(input.subspan(length));
  test::InputChoices choices(input.first(length));
  if (test::ExerciseWriting(disk, choices, 40)) (void)test::ExerciseVolume(disk);
}

}  // namespace fl::fuzz
