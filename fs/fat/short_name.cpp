// Short names: see short_name.h.
#include "fs/fat/short_name.h"

#include <string_view>

namespace fl::fs::fat {
namespace {

/// Code page 437, upper half.
constexpr u16 kCodePage437[128] = {
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF,
    0x00EE, 0x00EC, 0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA,
    0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4,
    0x221E, 0x03C6, 0x03B5, 0x2229, 0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

constexpr u8 kStandsForE5 = 0x05;  // Since 0xE5 in the first place marks a deleted entry.

/// The small letter of a capital that code page 437 has.
u16 LowerCase(u16 unit) {
  const bool latin = unit >= 0xC0 && unit <= 0xDE && unit != 0xD7;
  const bool greek = unit >= 0x391 && unit <= 0x3A9;
  return latin || greek || (unit >= 'A' && unit <= 'Z') ? u16(unit + 0x20) : unit;
}

/// What a short name's byte shows; '_' for what it must not have.
struct Alphabet {
  u16 units[256];
};

constexpr Alphabet MakeAlphabet() {
  Alphabet alphabet{};
  for (u32 byte = 0; byte < 256; ++byte) {
    alphabet.units[byte] = byte < 0x20   ? u16('_')
                           : byte < 0x80 ? u16(byte)
                                         : kCodePage437[byte - 0x80];
  }
  // Long names may have the second half of these.
  for (const char forbidden : std::string_view("\"*/:<>?\\|+,.;=[]\x7F")) {
    alphabet.units[u8(forbidden)] = '_';
  }
  return alphabet;
}

constexpr Alphabet kAlphabet = MakeAlphabet();

u16 ToUnicode(u8 byte, bool lower_case) {
  const u16 unit = kAlphabet.units[byte];
  return lower_case ? LowerCase(unit) : unit;
}

u32 LengthWithoutPadding(std::span<const u8> part) {
  u32 length = u32(part.size());
  while (length != 0 && part[length - 1] == ' ') --length;
  return length;
}

}  // namespace

ShortName DecodeShortName(std::span<const u8, kShortNameBytes> raw, u8 case_bits) {
  ShortName name;
  const auto base = raw.first<kShortNameBase>();
  const u32 base_length = LengthWithoutPadding(base);
  for (u32 i = 0; i < base_length; ++i) {
    const u8 byte = i == 0 && base[0] == kStandsForE5 ? 0xE5 : base[i];
    name.units[name.length++] = ToUnicode(byte, case_bits & kLowerCaseBase);
  }
  if (base_length == 0) name.units[name.length++] = '_';
  const auto extension = raw.subspan<kShortNameBase>();
  const u32 extension_length = LengthWithoutPadding(extension);
  if (extension_length != 0) name.units[name.length++] = '.';
  for (u32 i = 0; i < extension_length; ++i) {
    name.units[name.length++] = ToUnicode(extension[i], case_bits & kLowerCaseExtension);
  }
  return name;
}

ShortName DecodeLabel(std::span<const u8, kShortNameBytes> raw) {
  ShortName label;
  const u32 length = LengthWithoutPadding(raw);
  for (u32 i = 0; i < length; ++i) {
    const u8 byte = i == 0 && raw[0] == kStandsForE5 ? 0xE5 : raw[i];
    label.units[label.length++] = ToUnicode(byte, false);
  }
  return label;
}

u8 ShortNameChecksum(std::span<const u8, kShortNameBytes> raw) {
  u8 sum = 0;
  for (const u8 byte : raw) sum = u8(u8(sum >> 1 | sum << 7) + byte);
  return sum;
}

DotEntry DotEntryOf(std::span<const u8, kShortNameBytes> raw) {
  for (u32 i = 2; i < kShortNameBytes; ++i) {
    if (raw[i] != ' ') return DotEntry::kNone;
  }
  if (raw[0] != '.') return DotEntry::kNone;
  if (raw[1] == ' ') return DotEntry::kItself;
  return raw[1] == '.' ? DotEntry::kParent : DotEntry::kNone;
}

}  // namespace fl::fs::fat
