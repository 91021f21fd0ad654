// LeU16, LeU32, LeU64: fields of on-disk structures: little-endian, alignment 1.
#pragma once

#include "kernel/base/units.h"

namespace fl {

template <class Word>
struct LittleEndian {
  u8 bytes[sizeof(Word)];
  constexpr Word get() const {
    Word value = 0;
    for (unsigned i = 0; i < sizeof(Word); ++i)
      value = Word(value | Word(Word(bytes[i]) << (8 * i)));
    return value;
  }
  constexpr operator Word() const { return get(); }
  constexpr LittleEndian& operator=(Word value) {
    for (unsigned i = 0; i < sizeof(Word); ++i) bytes[i] = u8(value >> (8 * i));
    return *this;
  }
};

using LeU16 = LittleEndian<u16>;
using LeU32 = LittleEndian<u32>;
using LeU64 = LittleEndian<u64>;
static_assert(sizeof(LeU32) == 4 && alignof(LeU32) == 1);

}  // namespace fl
