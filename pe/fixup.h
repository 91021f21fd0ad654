// Fixup: one relocation entry, and the addition that it stands for. Private to pe/.
// Source: Microsoft Learn, "PE Format", "Base Relocation Types".
#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include "pe/pe_format.h"

namespace fl::pe {

struct Fixup {
  FixupType type;
  u32 offset;  ///< Of the field in its page.
  u16 low;     ///< HIGHADJ: the low half that belongs to the field's high half.

  constexpr u32 Width() const { return type == FixupType::kHighLow ? 4 : 2; }
  /// What the fix-up adds to its field; of a 16-bit field only the low half counts.
  constexpr u32 Addend(u32 delta) const {
    switch (type) {
      case FixupType::kAbsolute:
        return 0;
      case FixupType::kHigh:
        return delta >> 16;
      case FixupType::kLow:
        return delta & 0xFFFF;
      case FixupType::kHighLow:
        return delta;
      case FixupType::kHighAdj:
        return ((low ^ 0x8000u) - 0x8000u + delta + 0x8000u) >> 16;
    }
    return 0;
  }
};

constexpr Fixup DecodeFixup(u16 slot, u16 low) {
  return {FixupType(slot >> 12), u32(slot) & kPageMask, low};
}

/// How many u16 slots of the table the fix-up that `slot` begins takes.
constexpr u32 FixupSlots(u16 slot) { return FixupType(slot >> 12) == FixupType::kHighAdj ? 2 : 1; }

/// The same for 32 bits that all lie in one page: nearly all fix-ups there are.
inline void AddToField(std::byte* field, u32 addend) {
  LeU32 value;
  std::memcpy(&value, field, sizeof(value));
  value = value + addend;
  std::memcpy(field, &value, sizeof(value));
}

/// out = in + addend + carry, little-endian, over the length of `in` (at most 4 bytes); returns the
/// carry out. An empty `out` only asks for the carry.
inline u32 AddBytes(std::span<const std::byte> in, std::span<std::byte> out, u32 addend,
                    u32 carry) {
  for (std::size_t i = 0; i < in.size(); ++i) {
    const u32 sum = u32(in[i]) + ((addend >> (8 * i)) & 0xFF) + carry;
    if (!out.empty()) out[i] = std::byte(sum);
    carry = sum >> 8;
  }
  return carry;
}

}  // namespace fl::pe
