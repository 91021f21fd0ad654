// Arithmetic on numbers from files and programs: says when the result does not fit.
#pragma once

#include <optional>
#include <type_traits>

namespace fl {

template <class Word>
[[nodiscard]] constexpr std::optional<Word> CheckedAdd(Word a, std::type_identity_t<Word> b) {
  Word sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

template <class Word>
[[nodiscard]] constexpr std::optional<Word> CheckedMultiply(Word a, std::type_identity_t<Word> b) {
  Word product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

/// Is [start, start + size) inside [0, limit)? Never overflows.
template <class Word>
[[nodiscard]] constexpr bool FitsWithin(Word start, std::type_identity_t<Word> size,
                                        std::type_identity_t<Word> limit) {
  return start <= limit && size <= limit - start;
}

}  // namespace fl
