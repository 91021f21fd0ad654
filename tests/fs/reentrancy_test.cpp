// While one thread sleeps in a read, others come through the same volume and the same file. Here
// they come from within the disk's read, which is the same to fs/: it has no other place where it
// sleeps.
#include <random>

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

constexpr u32 kSize = 60 * 512 + 77;

FatImage Image() {
  FatImage::Options options;
  options.width = 16;
  options.clusters = 5000;
  FatImage image(options);
  image.AddDirectory(kRoot, "SUB        ", {10, 4800, 4900});
  for (int i = 0; i < 40; ++i) image.AddEntry(10, "FILE       ", 0x20, 0, 0);
  image.AddLongName(10, u"a name of some length.bin", "ANAME~1 BIN");
  std::vector<u32> chain;
  for (u32 i = 0; i < 61; ++i) chain.push_back(20 + (i * 7919) % 4100);
  image.AddFile(10, "ANAME~1 BIN", chain, kSize, 1);
  for (u32& cluster : chain) cluster += 300;
  image.AddFile(kRoot, "B       BIN", chain, kSize, 2);
  return image;
}

/// Reads of `disk` call `intrude`, which may read itself, down to `depth` levels.
void LetIn(MemoryDisk& disk, u32 depth, std::function<void()> intrude) {
  disk.during_read = [depth, intrude = std::move(intrude), level = 0u](Lba) mutable {
    if (level == depth) return;
    ++level;
    intrude();
    --level;
  };
}

TEST(Reentrancy, ASecondReaderOfTheSameFileDisturbsNothing) {
  Mounted mounted(Image());
  auto file = mounted.FileAt("sub\\aname~1.bin");
  const Bytes content = Content(1, kSize);
  u32 intrusions = 0;
  LetIn(*mounted.disk, 1, [&] {
    ++intrusions;
    auto bytes = ReadWhole(*file);
    ASSERT_TRUE(bytes.ok());
    EXPECT_TRUE(*bytes == content);
  });
  auto bytes = ReadWhole(*file);
  ASSERT_TRUE(bytes.ok());
  EXPECT_TRUE(*bytes == content);
  EXPECT_GT(intrusions, 50u);
}

TEST(Reentrancy, ReadersThatAreAtDifferentPlacesOfTheChainAgree) {
  std::mt19937 random(3);
  const Bytes content = Content(1, kSize);
  for (int round = 0; round < 60; ++round) {
    Mounted mounted(Image());
    auto file = mounted.FileAt("sub\\aname~1.bin");
    const auto read_somewhere = [&] {
      const u32 offset = u32(random()) % kSize;
      Bytes bytes(1 + random() % (kSize - offset));
      ASSERT_EQ(file->ReadAt(offset, std::span(bytes)), Status::kSuccess);
      ASSERT_TRUE(std::equal(bytes.begin(), bytes.end(), content.begin() + offset)) << offset;
    };
    LetIn(*mounted.disk, 3, [&] {
      if (random() % 8 == 0) read_somewhere();
    });
    for (int i = 0; i < 10; ++i) read_somewhere();
  }
}

TEST(Reentrancy, MoreSleepersThanTheCacheHasSectors) {
  Mounted mounted(Image());
  Bytes wanted = Content(2, kSize);
  u32 deepest = 0;
  u32 level = 0;
  // Every level wants another sector of the FAT or of the directory, none has arrived yet.
  mounted.disk->during_read = [&](Lba) {
    if (level == 60) return;
    ++level;
    deepest = std::max(deepest, level);
    const fat::FatTable& table = mounted.volume->table();
    EXPECT_TRUE(table.Next(20 + level * 256).status() == Status::kDiskCorrupt ||
                table.Next(20 + level * 256).ok());
  };
  ExpectContent(*mounted.volume, "b.bin", 2, kSize);
  EXPECT_EQ(deepest, 60u);
  ExpectContent(*mounted.volume, "sub\\aname~1.bin", 1, kSize);
}

TEST(Reentrancy, SearchesAndListingsGoOnSideBySide) {
  Mounted mounted(Image());
  u32 intrusions = 0;
  LetIn(*mounted.disk, 2, [&] {
    ++intrusions;
    ExpectContent(*mounted.volume, "sub\\a name of some length.bin", 1, kSize);
    EXPECT_EQ(Names(*mounted.volume, "sub").size(), 43u);
    EXPECT_EQ(mounted.Open("sub\\none").status(), Status::kObjectNameNotFound);
  });
  EXPECT_EQ(Names(*mounted.volume, "sub").size(), 43u);
  ExpectContent(*mounted.volume, "b.bin", 2, kSize);
  EXPECT_GT(intrusions, 3u);
}

TEST(Reentrancy, AFailureMeetsOnlyTheOneItBelongsTo) {
  for (u32 failing = 1; failing < 80; ++failing) {
    Mounted fresh(Image());
    auto target = fresh.FileAt("sub\\aname~1.bin");
    bool inside = false;
    LetIn(*fresh.disk, 1, [&] {
      if (inside) return;
      inside = true;
      auto bytes = ReadWhole(*target);
      EXPECT_TRUE(!bytes.ok() || *bytes == Content(1, kSize));
    });
    fresh.disk->reads_until_failure = failing;
    auto bytes = ReadWhole(*target);
    EXPECT_TRUE(!bytes.ok() || *bytes == Content(1, kSize));
    fresh.disk->reads_until_failure = 0;
    ExpectContent(*fresh.volume, "sub\\aname~1.bin", 1, kSize);
    auto again = ReadWhole(*target);
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(*again == Content(1, kSize));
  }
}

TEST(Reentrancy, ASecondCallerOfOneListingIsTurnedAway) {
  Mounted mounted(Image());
  auto directory = mounted.Open("sub")->directory;
  DirectoryEntryInfo info;
  u32 turned_away = 0;
  LetIn(*mounted.disk, 1, [&] {
    DirectoryEntryInfo other;
    turned_away += directory->Next(&other).status() == Status::kInvalidDeviceRequest;
    turned_away += directory->Rewind() == Status::kInvalidDeviceRequest;
  });
  u32 entries = 0;
  while (*directory->Next(&info)) ++entries;
  EXPECT_EQ(entries, 43u);
  EXPECT_GT(turned_away, 2u);
}

}  // namespace
}  // namespace fl::fs
