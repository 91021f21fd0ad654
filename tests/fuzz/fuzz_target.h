// What fuzz targets have in common: a failed expectation ends the run, so that libFuzzer keeps the
// input.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace fl::fuzz {

/// The target itself, one definition in each program: does with `input` whatever can be done with it,
/// and expects what must hold for any.
void RunInput(std::span<const std::uint8_t> input);

}  // namespace fl::fuzz
