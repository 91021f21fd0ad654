// Choices: the decisions of a test that makes up its own operations: drawn by lot in a random test,
// read from the fuzzer's input in tests/fuzz. The test is the same.
#pragma once

#include <random>
#include <span>

#include "kernel/base/units.h"

namespace fl::test {

class Choices {
 public:
  virtual ~Choices() = default;
  /// A number below `n`, which is not 0.
  virtual u32 Below(u32 n) = 0;
  /// Is there anything left to decide by? Without, every answer is 0.
  virtual bool ended() const { return false; }

  bool Chance(u32 one_in) { return Below(one_in) == 0; }
};

class RandomChoices final : public Choices {
 public:
  explicit RandomChoices(u64 seed) : random_(seed) {}
  u32 Below(u32 n) override { return u32(random_() % n); }

 private:
  std::mt19937_64 random_;
};

/// Each choice takes the fewest bytes that have room for it, so that a changed byte of the input is
/// one changed choice.
class InputChoices final : public Choices {
 public:
  explicit InputChoices(std::span<const u8> input) : input_(input) {}
  u32 Below(u32 n) override {
    u64 value = 0;
    for (u64 room = 1; room < n && !input_.empty(); room <<= 8) {
      value = value << 8 | input_.front();
      input_ = input_.subspan(1);
    }
    return u32(value % n);
  }
  bool ended() const override { return input_.empty(); }

 private:
  std::span<const u8> input_;
};

}  // namespace fl::test
