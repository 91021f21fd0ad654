// fat_volume: the input is a disk (sparse_disk.h). It is searched for a volume, mounted, walked, read.
#include "tests/fs/volume_exercise.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/sparse_disk.h"

namespace fl::fuzz {

void RunInput(std::span<const std::uint8_t> input) {
  SparseDisk disk(input);
  (void)test::ExerciseVolume(disk);
}

}  // namespace fl::fuzz
