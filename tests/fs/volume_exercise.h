// ExerciseVolume: a disk that may hold anything is mounted, walked and read. Used by the random
// mutations of mutation_test.cpp and by tests/fuzz/fat_volume_fuzzer.cpp.
#pragma once

#include "fs/block_device.h"
#include "tests/fakes/choices.h"
#include "tests/fakes/fat_image.h"

namespace fl::test {

/// Whether a volume was found. Expects that each walk ends, that names are names, and that the bytes
/// of a file do not depend on how they are asked for.
bool ExerciseVolume(fs::BlockDevice& disk);

/// The same disk is changed in all ways that there are, on and near the volume's files. Expects no more
/// of a damaged volume than that every call ends and that sizes are what was written.
bool ExerciseWriting(fs::BlockDevice& disk, Choices& choices, int steps);

/// A small volume (FAT32: 33 MB, nearly all of it zeros) with directories, long names and broken
/// runs of clusters. Its directories begin at clusters 10, 20 and 21.
FatImage SmallVolume(int width);

}  // namespace fl::test
