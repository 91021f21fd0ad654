// Chains of clusters: right ones, and every way in which they can be wrong.
#include <numeric>

#include "fs/fat/extents.h"
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage ImageOf(int width, u32 clusters = 0) {
  FatImage::Options options;
  options.width = width;
  options.clusters = clusters ? clusters : width == 12 ? 2000 : width == 16 ? 5000 : 65600;
  return FatImage(options);
}

Status ReadAll(Mounted& mounted, std::string_view path) {
  auto file = mounted.FileAt(path);
  return ReadWhole(*file).status();
}

TEST(FatChain, Fat12EntriesCrossSectorEdges) {
  // The entries 341 and 682 have a byte in each of two sectors: 341 * 1.5 = 511.5, 682 * 1.5 =
  // 1023.
  FatImage image = ImageOf(12);
  image.AddFile(kRoot, "ODD     BIN", {340, 341, 1000, 342}, 2048, 1);
  image.AddFile(kRoot, "EVEN    BIN", {681, 682, 1357, 683}, 2048, 2);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "odd.bin", 1, 2048);
  ExpectContent(*mounted.volume, "even.bin", 2, 2048);
}

TEST(FatChain, EveryFat12EntryIsReadRight) {
  FatImage image = ImageOf(12);
  // Backwards, so that each entry holds another number.
  std::vector<u32> chain(2000);
  std::iota(chain.rbegin(), chain.rend(), 2);
  image.AddFile(kRoot, "BACK    BIN", chain, 2000 * 512, 3);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "back.bin", 3, 2000 * 512);
}

TEST(FatChain, AllEndMarksEndAChain) {
  for (const int width : {12, 16, 32}) {
    FatImage image = ImageOf(width);
    for (u32 i = 0; i < 8; ++i) {
      const std::string name = "FILE" + std::to_string(i) + "   BIN";
      image.AddFile(kRoot, name, {10 + i}, 512, i);
      image.SetFat(10 + i, image.EndMark() - i);
    }
    Mounted mounted(image);
    for (u32 i = 0; i < 8; ++i) {
      ExpectContent(*mounted.volume, "file" + std::to_string(i) + ".bin", i, 512);
    }
  }
}

TEST(FatChain, TheUpperFourBitsOfFat32AreIgnored) {
  FatImage image = ImageOf(32);
  image.AddFile(kRoot, "A       BIN", {10, 20}, 1024, 1);
  image.SetFat(10, 0xF0000000 | 20);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "a.bin", 1, 1024);
}

TEST(FatChain, FreeBadReservedAndWildClustersAreRefused) {
  for (const int width : {12, 16, 32}) {
    FatImage image = ImageOf(width);
    const u32 wrong[] = {0, 1, image.BadMark(), image.BadMark() - 1, image.clusters + 2};
    for (const u32 value : wrong) {
      FatImage damaged = image;
      damaged.AddFile(kRoot, "A       BIN", {10, 11, 12}, 3 * 512, 1);
      damaged.SetFat(11, value);
      Mounted mounted(damaged);
      EXPECT_EQ(ReadAll(mounted, "a.bin"), Status::kFileCorrupt) << width << " " << value;
      // What lies before the damage is good.
      std::byte sector[512];
      auto file = mounted.FileAt("a.bin");
      EXPECT_EQ(file->ReadAt(512, sector), Status::kSuccess);
      EXPECT_EQ(sector[0], fl::test::ContentByte(1, 512));
      EXPECT_EQ(file->ReadAt(1024, sector), Status::kFileCorrupt);
    }
  }
}

TEST(FatChain, AFileThatBeginsNowhereIsRefused) {
  FatImage image = ImageOf(16);
  image.AddEntry(kRoot, "ZERO    BIN", 0x20, 0, 1);
  image.AddEntry(kRoot, "ONE     BIN", 0x20, 1, 1);
  image.AddEntry(kRoot, "PAST    BIN", 0x20, 5002, 1);
  image.AddEntry(kRoot, "FREE    BIN", 0x20, 5001, 1);
  Mounted mounted(image);
  for (const char* name : {"zero.bin", "one.bin", "past.bin", "free.bin"}) {
    EXPECT_EQ(ReadAll(mounted, name), Status::kFileCorrupt) << name;
  }
}

TEST(FatChain, AChainShorterThanTheSizeIsRefusedWhereItEnds) {
  FatImage image = ImageOf(16);
  image.AddFile(kRoot, "A       BIN", {10, 11}, 1024, 1);
  image.AddEntry(kRoot, "SHORT   BIN", 0x20, 10, 1025);
  image.AddEntry(kRoot, "HUGE    BIN", 0x20, 10, 0xFFFFFFFF);
  Mounted mounted(image);
  for (const char* name : {"short.bin", "huge.bin"}) {
    auto file = mounted.FileAt(name);
    std::byte sector[512];
    EXPECT_EQ(file->ReadAt(512, sector), Status::kSuccess);
    EXPECT_EQ(file->ReadAt(1024, sector), Status::kFileCorrupt);
  }
}

TEST(FatChain, AChainLongerThanTheSizeIsReadAsFarAsTheSize) {
  FatImage image = ImageOf(16);
  std::vector<u32> chain(500);
  std::iota(chain.begin(), chain.end(), 100);
  image.AddFile(kRoot, "A       BIN", chain, 700, 1);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "a.bin", 1, 700);
}

TEST(FatChain, CirclesAreFoundWhereverTheyClose) {
  // Chains of n clusters whose last one points back to the k-th.
  for (const u32 n : {1u, 2u, 3u, 4u, 7u, 8u, 9u, 100u, 1000u}) {
    for (const u32 k : {0u, 1u, 2u, 5u, n / 2, n - 1}) {
      if (k >= n) continue;
      FatImage image = ImageOf(16);
      std::vector<u32> chain(n);
      for (u32 i = 0; i < n; ++i) chain[i] = 10 + i * 3;
      image.AddFile(kRoot, "LONGER  BIN", chain, n * 512 + 1, 1);
      image.AddEntry(kRoot, "MAX     BIN", 0x20, chain[0], 0xFFFFFFFF);
      image.AddEntry(kRoot, "FITS    BIN", 0x20, chain[0], n * 512);
      image.AddEntry(kRoot, "VOLUME  BIN", 0x20, chain[0], 5000 * 512);
      image.SetFat(chain[n - 1], chain[k]);
      Mounted mounted(image);
      EXPECT_EQ(ReadAll(mounted, "longer.bin"), Status::kFileCorrupt) << n << " " << k;
      EXPECT_EQ(ReadAll(mounted, "fits.bin"), Status::kFileCorrupt) << n << " " << k;
      EXPECT_EQ(ReadAll(mounted, "volume.bin"), Status::kFileCorrupt) << n << " " << k;
      std::byte last[1];
      EXPECT_EQ(mounted.FileAt("max.bin")->ReadAt(0xFFFFFFFE, last), Status::kFileCorrupt);
    }
  }
}

TEST(FatChain, NoMoreOfItIsReadThanIsNeeded) {
  FatImage image = ImageOf(16);
  std::vector<u32> chain(4000);
  std::iota(chain.begin(), chain.end(), 100);
  image.AddFile(kRoot, "A       BIN", chain, 4000 * 512, 1);
  Mounted mounted(image);
  auto file = mounted.FileAt("a.bin");
  const u64 before = mounted.volume->Counters().metadata_sectors;
  std::byte sector[512];
  EXPECT_EQ(file->ReadAt(50 * 512, sector), Status::kSuccess);
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors - before, 1u);
  EXPECT_EQ(file->ReadAt(3999 * 512, sector), Status::kSuccess);
  // 256 entries to a sector: clusters 100 to 4099 have their entries in sectors 0 to 16.
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors - before, 17u);
  EXPECT_EQ(file->ReadAt(2000 * 512, sector), Status::kSuccess);
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors - before, 17u);
}

TEST(FatChain, ClustersThatLieTogetherAreOneExtent) {
  FatImage image = ImageOf(16);
  image.Chain({10, 11, 12, 20, 21, 5, 6, 7, 8, 9});
  Mounted mounted(image);
  fat::Extents extents(mounted.volume->table(), 10, 10);
  const auto run = [&](u32 index, u32 wanted) {
    const auto found = extents.Find(index, wanted);
    EXPECT_TRUE(found.ok());
    return std::pair(found->cluster, found->count);
  };
  EXPECT_EQ(run(1, 9), std::pair(11u, 2u));
  EXPECT_EQ(extents.size(), 3u);
  EXPECT_EQ(run(0, 2), std::pair(10u, 2u));
  EXPECT_EQ(run(3, 1), std::pair(20u, 1u));
  EXPECT_EQ(run(4, 6), std::pair(21u, 1u));
  EXPECT_EQ(run(5, 6), std::pair(5u, 5u));
  EXPECT_EQ(run(9, 100), std::pair(9u, 1u));
}

}  // namespace
}  // namespace fl::fs
