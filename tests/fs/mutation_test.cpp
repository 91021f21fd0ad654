// A smoke fuzz: thousands of damaged volumes are mounted, walked and read.
// Nothing is expected but that each walk ends, that no sector outside the disk is asked for (the
// disk asserts that), and that sanitizers and assertions stay silent.
#include <random>

#include "fs/partition.h"
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage Valid(int width) {
  FatImage::Options options;
  options.width = width;
  options.clusters = width == 12 ? 120 : width == 16 ? 4100 : 65530;
  FatImage image(options);
  image.AddDirectory(kRoot, "SUB        ", {10, 20});
  image.AddLongName(10, u"a long name that has parts.dll", "ALONG~1 DLL");
  image.AddFile(10, "ALONG~1 DLL", {30, 31, 33, 32, 40}, 2300, 1);
  image.AddDirectory(10, "DEEP       ", {21});
  image.AddFile(21, "LEAF    BIN", {50}, 1, 2);
  image.AddFile(kRoot, "A       TXT", {60, 61}, 1024, 3);
  image.AddLongName(kRoot, u"ünïcode.bin", "UNICODE BIN");
  image.AddFile(kRoot, "UNICODE BIN", {70, 90, 80}, 1500, 4);
  return image;
}

/// Walks the tree under `path`; `budget` bounds the entries looked at, since a damaged tree may
/// contain itself.
void Walk(Volume& volume, const std::string& path, int depth, int& budget) {
  auto opened = volume.Open(path);
  if (!opened.ok() || !opened->directory) return;
  DirectoryEntryInfo info;
  while (budget-- > 0) {
    const auto more = opened->directory->Next(&info);
    if (!more.ok() || !*more) return;
    const std::string name(info.name.view());
    EXPECT_FALSE(name.empty());
    EXPECT_EQ(name.find_first_of("\\/"), std::string::npos);
    if (name == "." || name == "..") continue;
    const std::string child = path + "\\" + name;
    if (info.is_directory) {
      if (depth < 4) Walk(volume, child, depth + 1, budget);
      continue;
    }
    auto file = volume.Open(child);
    if (!file.ok() || !file->file) continue;
    Bytes bytes(8192);
    (void)file->file->ReadAt(0, std::span(bytes));
    (void)file->file->ReadAt(700, std::span(bytes).first(1000));
    const u64 size = file->file->Size();
    (void)file->file->ReadAt(size > 100 ? size - 100 : 0, std::span(bytes).first(513));
  }
}

bool Exercise(MemoryDisk& disk) {
  MountError error;
  const auto range = FindFatVolume(disk, &error);
  if (!range.ok()) {
    EXPECT_NE(error.reason[0], '\0');
    return false;
  }
  PartitionView view(disk, *range);
  auto volume = fat::FatVolume::Mount(view, 1, &error);
  if (!volume.ok()) return false;
  int budget = 400;
  Walk(**volume, "", 0, budget);
  (void)(*volume)->Open("sub\\deep\\leaf.bin");
  (void)(*volume)->Open("sub\\a long name that has parts.dll");
  return true;
}

class Mutation : public testing::TestWithParam<int> {};

TEST_P(Mutation, DamagedVolumesNeverDoHarm) {
  const FatImage valid = Valid(GetParam());
  MemoryDisk disk(valid.bytes);
  ASSERT_TRUE(Exercise(disk));
  std::mt19937 random(u32(1000 + GetParam()));
  const u32 directory_starts[] = {
      u32(valid.width == 32 ? valid.ClusterOffset(2) : valid.RootOffset()),
      u32(valid.ClusterOffset(10)), u32(valid.ClusterOffset(20)), u32(valid.ClusterOffset(21))};
  const u32 interesting[] = {0,
                             1,
                             2,
                             0xFF,
                             0xFFF,
                             0xFF7,
                             0xFFFF,
                             0xFFF7,
                             0x0FFFFFF7,
                             0xFFFFFFFF,
                             10,
                             21,
                             valid.clusters + 1,
                             valid.clusters + 2};
  u32 mounted = 0;
  constexpr u32 kRounds = 6000;
  for (u32 round = 0; round < kRounds; ++round) {
    struct Change {
      u32 at;
      std::byte was;
    };
    std::vector<Change> undo;
    const auto put = [&](u32 at, u32 value, u32 length) {
      for (u32 i = 0; i < length; ++i) {
        undo.push_back({at + i, disk.bytes[at + i]});
        disk.bytes[at + i] = std::byte(value >> (8 * i));
      }
    };
    const u32 damages = 1 + u32(random()) % 5;
    for (u32 i = 0; i < damages; ++i) {
      u32 at;
      switch (random() % 4) {
        case 0:
          at = u32(random()) % 64;
          break;
        case 1:
          at = u32(valid.FatOffset() + random() % 370);
          break;
        default:
          at = directory_starts[random() % 4] + u32(random()) % 320;
          break;
      }
      const u32 value =
          random() % 2 ? u32(random()) : interesting[random() % std::size(interesting)];
      put(at, value, 1u << random() % 3);
    }
    mounted += Exercise(disk);
    while (!undo.empty()) {
      disk.bytes[undo.back().at] = undo.back().was;
      undo.pop_back();
    }
    disk.Forget();
  }
  EXPECT_GT(mounted, kRounds / 4);
  EXPECT_LT(mounted, kRounds);
  EXPECT_TRUE(disk.bytes == valid.bytes);
}

INSTANTIATE_TEST_SUITE_P(Widths, Mutation, testing::Values(12, 16, 32));

}  // namespace
}  // namespace fl::fs
