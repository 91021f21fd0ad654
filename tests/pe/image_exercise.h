// ExerciseImage: a file that may be anything goes through every function of pe/. Used by the random
// mutations of mutation_test.cpp and by tests/fuzz/pe_image_fuzzer.cpp.
#pragma once

#include "tests/fakes/image_builder.h"

namespace fl::test {

/// How far a file comes.
enum class ImageStage { kRefused, kLaidOut, kIndexed, kLinked };
inline constexpr u32 kImageStages = 4;

/// Expects what layouts, export tables and import tables promise of any file. Every import is looked
/// for in the file itself, whatever DLL it names.
ImageStage ExerciseImage(const Bytes& file);

/// A file that is kLinked and has something of everything; its own name is self.dll.
Bytes SelfImportingImage();

}  // namespace fl::test
