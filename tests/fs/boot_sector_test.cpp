// What a boot sector must say for its volume to be mounted, and what is answered otherwise.
#include "fs/fat/boot_sector.h"

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

struct Damage {
  const char* name;
  int width;
  u32 offset;
  int length;
  u32 value;
  Status status;
};

class BadBootSector : public testing::TestWithParam<Damage> {};

FatImage ImageOf(int width) {
  FatImage::Options options;
  options.width = width;
  options.clusters = width == 12 ? 100 : width == 16 ? 5000 : 66000;
  return FatImage(options);
}

TEST_P(BadBootSector, IsRefusedWithAReason) {
  FatImage image = ImageOf(GetParam().width);
  for (int i = 0; i < GetParam().length; ++i) {
    image.Put8(GetParam().offset + u32(i), GetParam().value >> (8 * i) & 0xFF);
  }
  MemoryDisk disk(image.bytes);
  MountError error;
  EXPECT_EQ(fat::FatVolume::Mount(disk, 1, plain_system, &error).status(), GetParam().status);
  EXPECT_GT(std::string_view(error.reason).size(), 10u);
  char text[128];
  EXPECT_GE(error.Format(text).size(), std::string_view(error.reason).size());
  EXPECT_EQ(fat::FatVolume::Mount(disk, 1, plain_system, nullptr).status(), GetParam().status);
}

constexpr Status kNoFat = Status::kUnrecognizedVolume;
constexpr Status kCorrupt = Status::kDiskCorrupt;
INSTANTIATE_TEST_SUITE_P(
    Fields, BadBootSector,
    testing::Values(
        Damage{"Signature", 12, 510, 2, 0, kNoFat}, Damage{"Jump", 12, 0, 1, 0x33, kNoFat},
        Damage{"JumpWithoutNop", 12, 2, 1, 0, kNoFat}, Damage{"Media", 12, 21, 1, 0xF7, kNoFat},
        Damage{"SectorSizeNone", 12, 11, 2, 0, kNoFat},
        Damage{"SectorSizeOdd", 12, 11, 2, 513, kNoFat},
        Damage{"SectorSize4096", 12, 11, 2, 4096, kNoFat},
        Damage{"ClusterNone", 12, 13, 1, 0, kNoFat}, Damage{"ClusterOf3", 12, 13, 1, 3, kNoFat},
        Damage{"ClusterTooLarge", 12, 13, 1, 128, kCorrupt},
        Damage{"NoReserved", 12, 14, 2, 0, kCorrupt},
        Damage{"AllReserved", 12, 14, 2, 0xFFFF, kCorrupt}, Damage{"NoFat", 12, 16, 1, 0, kCorrupt},
        Damage{"ManyFats", 12, 16, 1, 255, kCorrupt}, Damage{"NoRoot", 12, 17, 2, 0, kCorrupt},
        Damage{"HugeRoot", 12, 17, 2, 0xFFFF, kCorrupt},
        Damage{"NoSectors", 12, 19, 2, 0, kCorrupt},
        Damage{"LargerThanDisk", 12, 19, 2, 108, kCorrupt},
        Damage{"HugeFat", 12, 22, 2, 0xFFFF, kCorrupt},
        Damage{"SmallFat16", 16, 22, 2, 19, kCorrupt},
        Damage{"LargerThanDisk32", 32, 32, 4, 0xFFFFFFFF, kCorrupt},
        Damage{"SmallFat32", 32, 36, 4, 515, kCorrupt},
        Damage{"HugeFat32", 32, 36, 4, 0xFFFFFFFF, kCorrupt},
        Damage{"Root32Zero", 32, 44, 4, 0, kCorrupt}, Damage{"Root32One", 32, 44, 4, 1, kCorrupt},
        Damage{"Root32PastEnd", 32, 44, 4, 66002, kCorrupt},
        Damage{"Version32", 32, 42, 2, 1, kCorrupt}, Damage{"FixedRoot32", 32, 17, 2, 16, kCorrupt},
        Damage{"ActiveFat32", 32, 40, 2, 0x82, kCorrupt}),
    [](const auto& test_case) { return test_case.param.name; });

TEST(BootSector, OtherFileSystemsAreNamed) {
  for (const char* name : {"NTFS    ", "EXFAT   "}) {
    FatImage image = ImageOf(12);
    for (u32 i = 0; i < 8; ++i) image.Put8(3 + i, u8(name[i]));
    MemoryDisk disk(image.bytes);
    MountError error;
    EXPECT_EQ(fat::FatVolume::Mount(disk, 1, plain_system, &error).status(), kNoFat);
    EXPECT_EQ(std::string(error.reason).find("this is an "), 0u);
  }
}

TEST(BootSector, TheFatInUseIsTheOneThatIsRead) {
  FatImage image = ImageOf(32);
  image.AddFile(kRoot, "A       BIN", {10, 20}, 1000, 1);
  image.Put16(40, 0x81);
  // The first FAT is out of date.
  image.Put32(image.FatOffset() + 10 * 4, 11);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "a.bin", 1, 1000);
}

TEST(BootSector, TheLastRootClusterIsAccepted) {
  FatImage image = ImageOf(32);
  image.Put32(44, 66001);
  image.Chain({66001});
  Mounted mounted(image);
  EXPECT_TRUE(Names(*mounted.volume, "").empty());
}

TEST(BootSector, ADiskWithoutSectorsIsNoVolume) {
  MemoryDisk disk({});
  EXPECT_EQ(fat::FatVolume::Mount(disk, 1, plain_system, nullptr).status(),
            Status::kUnrecognizedVolume);
}

TEST(BootSector, AFailureToReadIsPassedOn) {
  MemoryDisk disk(ImageOf(12).bytes);
  disk.bad_sectors.insert(0);
  MountError error;
  EXPECT_EQ(fat::FatVolume::Mount(disk, 1, plain_system, &error).status(), Status::kCrcError);
}

TEST(BootSector, ANumberStandsBehindItsReason) {
  char text[64];
  EXPECT_EQ((MountError{"too many", 4085}).Format(text), "too many: 4085");
  EXPECT_EQ((MountError{"none", std::nullopt}).Format(text), "none");
}

}  // namespace
}  // namespace fl::fs
