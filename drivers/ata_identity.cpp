// IDENTIFY DEVICE data.
// Source: ATA/ATAPI-6, 8.15, table 27 (words are little-endian, text is byte-swapped); words 106
// and 117 from ATA/ATAPI-7.
#include "drivers/ata_identity.h"

#include "drivers/ata_registers.h"

namespace fl::drivers {
namespace {

constexpr u32 kWordGeneral = 0;
constexpr u32 kWordModel = 27;
constexpr u32 kModelWords = 20;
constexpr u32 kWordMultiple = 47;
constexpr u32 kWordCapabilities = 49;
constexpr u32 kWordValidity = 53;
constexpr u32 kWordLba28Sectors = 60;
constexpr u32 kWordMultiwordDma = 63;
constexpr u32 kWordCommandSets = 83;
constexpr u32 kWordUltraDma = 88;
constexpr u32 kWordLba48Sectors = 100;
constexpr u32 kWordSectorSize = 106;
constexpr u32 kWordWordsPerSector = 117;

constexpr u16 kNotAta = 0x8000;
constexpr u16 kCanDma = 0x0100;
constexpr u16 kCanLba = 0x0200;
constexpr u16 kUltraDmaWordValid = 0x0004;
constexpr u16 kMultiwordSelected = 0x0700;
constexpr u16 kUltraSelected = 0x7F00;
constexpr u16 kCanLba48 = 0x0400;
/// Words 83 and 106 mean something only if their top bits read 01.
constexpr u16 kSignatureMask = 0xC000;
constexpr u16 kSignature = 0x4000;
constexpr u16 kLongSectors = 0x1000;

}  // namespace

Result<AtaIdentity> ParseAtaIdentity(std::span<const std::byte, kSectorSize> data) {
  const auto word = [data](u32 index) {
    return u16(u8(data[index * 2]) | u8(data[index * 2 + 1]) << 8);
  };
  const auto has = [word](u32 index, u16 bit) {
    return (word(index) & kSignatureMask) == kSignature && (word(index) & bit);
  };
  if (word(kWordGeneral) & kNotAta) return Status::kBadDeviceType;
  if (!(word(kWordCapabilities) & kCanLba)) return Status::kBadDeviceType;
  if (has(kWordSectorSize, kLongSectors)) {
    const u32 words = word(kWordWordsPerSector) | u32(word(kWordWordsPerSector + 1)) << 16;
    if (words != kSectorSize / 2) return Status::kBadDeviceType;
  }

  AtaIdentity identity;
  identity.sectors = word(kWordLba28Sectors) | u32(word(kWordLba28Sectors + 1)) << 16;
  if (has(kWordCommandSets, kCanLba48)) {
    u64 sectors = 0;
    for (u32 i = 0; i < 3; ++i) sectors |= u64(word(kWordLba48Sectors + i)) << (16 * i);
    if (sectors != 0) {
      identity.lba48 = true;
      identity.sectors = sectors;
    }
  }
  if (!identity.lba48 && identity.sectors > ata::kLba28Sectors) {
    identity.sectors = ata::kLba28Sectors;
  }
  if (identity.sectors == 0) return Status::kBadDeviceType;

  const bool ultra =
      (word(kWordValidity) & kUltraDmaWordValid) && (word(kWordUltraDma) & kUltraSelected);
  const bool multiword = word(kWordMultiwordDma) & kMultiwordSelected;
  identity.dma = (word(kWordCapabilities) & kCanDma) && (ultra || multiword);

  if (const u8 block = u8(word(kWordMultiple)); block > 1) identity.block_sectors = block;

  u32 length = 0;
  for (u32 i = 0; i < kModelWords * 2; ++i) {
    const char c = char(data[kWordModel * 2 + (i ^ 1)]);
    identity.model[i] = c >= ' ' && c <= '~' ? c : ' ';
    if (identity.model[i] != ' ') length = i + 1;
  }
  identity.model[length] = 0;
  return identity;
}

}  // namespace fl::drivers
