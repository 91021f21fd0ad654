// Generator: random bytes for programs, out of whatever in the machine cannot be foretold.
// Sources: a seed that the loader hands in, the processor's own random numbers, and the moments at which interrupts
// come. They are gathered cheaply, and go into the key when bytes are next asked for.
// Invariants: the key is replaced with each request, so that what was handed out cannot be found again from the memory
// of the machine (fast key erasure); what comes in is added to the key and never takes its place: a source that is not
// random does no harm.
#pragma once

#include <span>

#include "kernel/base/units.h"

namespace fl::kernel::random {

class Generator {
 public:
  /// A few instructions: one moment, or one random number. Interrupts may call it.
  void Gather(u32 value) {
    u32& word = gathered_[next_];
    word = (word << 7 | word >> 25) ^ value;
    next_ = (next_ + 1) % kGathered;
  }
  /// Any amount, at once: a seed.
  void Stir(std::span<const std::byte> seed);
  /// Fills `out`.
  void Fill(std::span<std::byte> out);

 private:
  static constexpr u32 kGathered = 16;

  void StirGathered();

  u32 key_[8] = {};
  u32 gathered_[kGathered] = {};
  u32 next_ = 0;
};

}  // namespace fl::kernel::random
