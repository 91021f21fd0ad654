// IDENTIFY data: which drives are usable, and how large they are.
#include "drivers/ata_identity.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace fl::drivers {
namespace {

struct AtaIdentityTest : testing::Test {
  AtaIdentityTest() {
    Set(0, 0x0040);
    Set(49, 0x0300);
    Set(53, 0x0007);
    Set(60, 0x5678);
    Set(61, 0x0012);
    Set(88, 0x203F);
  }
  void Set(u32 word, u16 value) {
    data[word * 2] = std::byte(value);
    data[word * 2 + 1] = std::byte(value >> 8);
  }
  Result<AtaIdentity> Parse() { return ParseAtaIdentity(data); }

  std::array<std::byte, 512> data = {};
};

TEST_F(AtaIdentityTest, Lba28) {
  const AtaIdentity identity = *Parse();
  EXPECT_EQ(identity.sectors, 0x125678u);
  EXPECT_FALSE(identity.lba48);
  EXPECT_TRUE(identity.dma);
}

TEST_F(AtaIdentityTest, Lba48CountWins) {
  Set(83, 0x4400);
  Set(100, 0x1111);
  Set(101, 0x2222);
  Set(102, 0x0003);
  EXPECT_EQ(Parse()->sectors, 0x322221111u);
  EXPECT_TRUE(Parse()->lba48);
}

TEST_F(AtaIdentityTest, Lba48WithoutSignatureOrCountIsIgnored) {
  Set(83, 0x8400);
  Set(100, 0x1111);
  EXPECT_FALSE(Parse()->lba48);
  Set(83, 0x4400);
  Set(100, 0);
  EXPECT_FALSE(Parse()->lba48);
  EXPECT_EQ(Parse()->sectors, 0x125678u);
}

TEST_F(AtaIdentityTest, DmaNeedsASelectedMode) {
  Set(88, 0x003F);
  EXPECT_FALSE(Parse()->dma);
  Set(63, 0x0407);
  EXPECT_TRUE(Parse()->dma);
  Set(49, 0x0200);
  EXPECT_FALSE(Parse()->dma);
  Set(49, 0x0300);
  Set(63, 0);
  Set(88, 0x203F);
  Set(53, 0x0003);  // Word 88 is not valid.
  EXPECT_FALSE(Parse()->dma);
}

TEST_F(AtaIdentityTest, RefusesWhatItCannotUse) {
  Set(0, 0x8580);  // A packet device.
  EXPECT_EQ(Parse().status(), Status::kBadDeviceType);
  Set(0, 0x0040);
  Set(49, 0x0100);  // Cylinders, heads and sectors only.
  EXPECT_EQ(Parse().status(), Status::kBadDeviceType);
  Set(49, 0x0300);
  Set(60, 0);
  Set(61, 0);
  EXPECT_EQ(Parse().status(), Status::kBadDeviceType);
}

TEST_F(AtaIdentityTest, SectorSize) {
  Set(106, 0x5000);
  Set(117, 2048);  // 4096 bytes.
  EXPECT_EQ(Parse().status(), Status::kBadDeviceType);
  Set(117, 256);
  EXPECT_TRUE(Parse().ok());
  Set(106, 0x6003);  // 4096-byte physical sectors with 512-byte logical ones.
  Set(117, 0);
  EXPECT_TRUE(Parse().ok());
}

TEST_F(AtaIdentityTest, BlockSize) {
  EXPECT_EQ(Parse()->block_sectors, 1);
  Set(47, 0x8010);
  EXPECT_EQ(Parse()->block_sectors, 16);
}

TEST_F(AtaIdentityTest, ModelIsUnswappedAndTrimmed) {
  const std::string_view model = "EQUMH RADDSI K                          ";
  for (u32 i = 0; i < 40; ++i) data[54 + i] = std::byte(model[i]);
  data[54 + 38] = std::byte(0x01);  // Not printable: a blank.
  EXPECT_STREQ(Parse()->model, "QEMU HARDDISK");
  for (u32 i = 0; i < 40; ++i) data[54 + i] = std::byte('A');
  EXPECT_EQ(std::string_view(Parse()->model).size(), 40u);
}

}  // namespace
}  // namespace fl::drivers
