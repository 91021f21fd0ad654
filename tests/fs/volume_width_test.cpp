// The three widths of FAT, and the cluster counts on both sides of where they change.
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

struct WidthCase {
  const char* name;
  int width;
  u32 clusters;
  u32 sectors_per_cluster;
};

class VolumeWidth : public testing::TestWithParam<WidthCase> {
 protected:
  FatImage Image() const {
    FatImage::Options options;
    options.width = GetParam().width;
    options.clusters = GetParam().clusters;
    options.sectors_per_cluster = GetParam().sectors_per_cluster;
    if (options.width == 32) options.reserved = 32;
    return FatImage(options);
  }
};

TEST_P(VolumeWidth, FilesReadBackToTheLastCluster) {
  FatImage image = Image();
  const u32 last = GetParam().clusters + 1;
  const u32 cluster = u32(image.ClusterBytes());
  image.AddFile(kRoot, "FIRST   BIN", {3, 4, 5}, cluster * 3, 1);
  image.AddFile(kRoot, "LAST    BIN", {last, last - 2, last - 1}, cluster * 2 + 5, 2);
  image.AddFile(kRoot, "EMPTY   BIN", {}, 0, 3);
  Mounted mounted(image);
  EXPECT_EQ(mounted.volume->layout().cluster_count, GetParam().clusters);
  const auto width = GetParam().width == 12   ? fat::FatWidth::k12
                     : GetParam().width == 16 ? fat::FatWidth::k16
                                              : fat::FatWidth::k32;
  EXPECT_EQ(mounted.volume->layout().width, width);
  ExpectContent(*mounted.volume, "first.bin", 1, cluster * 3);
  ExpectContent(*mounted.volume, "last.bin", 2, cluster * 2 + 5);
  ExpectContent(*mounted.volume, "empty.bin", 3, 0);
}

TEST_P(VolumeWidth, TheClusterAfterTheLastIsRefused) {
  FatImage image = Image();
  const u32 last = GetParam().clusters + 1;
  image.AddFile(kRoot, "LONG    BIN", {last}, 600 * GetParam().sectors_per_cluster, 1);
  image.SetFat(last, last + 1);
  Mounted mounted(image);
  EXPECT_EQ(ReadWhole(*mounted.FileAt("long.bin")).status(), Status::kFileCorrupt);
}

TEST_P(VolumeWidth, OtherwiseLaidOutItIsRefused) {
  FatImage image = Image();
  // The other kind's place for the size of the FAT.
  if (image.width == 32) {
    image.Put16(22, image.fat_sectors & 0xFFFF);
  } else {
    image.Put16(22, 0);
    image.Put32(36, image.fat_sectors);
  }
  MemoryDisk disk(image.bytes);
  MountError error;
  EXPECT_EQ(fat::FatVolume::Mount(disk, 0, plain_system, &error).status(), Status::kDiskCorrupt);
  EXPECT_NE(std::string(error.reason), "");
}

INSTANTIATE_TEST_SUITE_P(
    Widths, VolumeWidth,
    testing::Values(WidthCase{"Tiny", 12, 8, 1}, WidthCase{"Floppy", 12, 2847, 1},
                    WidthCase{"LastFat12", 12, 4084, 1}, WidthCase{"FirstFat16", 16, 4085, 1},
                    WidthCase{"LastFat12Wide", 12, 4084, 8},
                    WidthCase{"FirstFat16Wide", 16, 4085, 8}, WidthCase{"LastFat16", 16, 65524, 1},
                    WidthCase{"FirstFat32", 32, 65525, 1}, WidthCase{"Fat32Wide", 32, 65600, 2}),
    [](const auto& test_case) { return test_case.param.name; });

}  // namespace
}  // namespace fl::fs
