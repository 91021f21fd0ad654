// ExerciseVolume: see volume_exercise.h.
#include "tests/fs/volume_exercise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "fs/fat/volume.h"
#include "fs/partition.h"
#include "tests/fakes/fake_system.h"

namespace fl::test {
namespace {

using namespace fl::fs;
using Bytes = std::vector<std::byte>;

constexpr int kMostEntries = 400;  ///< A damaged tree may contain itself.
constexpr int kDeepest = 4;

/// Reads `size` bytes at `offset` in whole sectors and again from one byte further on: where both
/// were read they must agree. Past the file's end all is zero.
void ReadTwice(File& file, u64 offset, u32 size) {
  Bytes whole(size);
  if (IsFailure(file.ReadAt(offset, std::span(whole)))) return;
  const u64 in_file = file.Size() > offset ? file.Size() - offset : 0;
  EXPECT_TRUE(in_file >= size || std::all_of(whole.begin() + std::ptrdiff_t(in_file), whole.end(),
                                             [](std::byte byte) { return byte == std::byte(0); }));
  Bytes odd(size - 1);
  ASSERT_EQ(file.ReadAt(offset + 1, std::span(odd)), Status::kSuccess);
  EXPECT_TRUE(std::equal(odd.begin(), odd.end(), whole.begin() + 1));
}

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
      if (depth < kDeepest) Walk(volume, child, depth + 1, budget);
      continue;
    }
    auto file = volume.Open(child);
    if (!file.ok() || !file->file) continue;
    ReadTwice(*file->file, 0, 8192);
    const u64 size = file->file->Size();
    ReadTwice(*file->file, size > 100 ? AlignDown(size - 100, u64(kSectorSize)) : 0, 513);
  }
}

const char* SomePath(Choices& choices) {
  constexpr const char* kPaths[] = {"",
                                    "sub",
                                    "sub\\deep",
                                    "sub\\deep\\leaf.bin",
                                    "a.txt",
                                    "ünïcode.bin",
                                    "sub\\a long name that has parts.dll",
                                    "new",
                                    "sub\\new name of some length",
                                    "sub\\deep\\new",
                                    "sub\\new",
                                    "sub\\new\\inner"};
  return kPaths[choices.Below(u32(std::size(kPaths)))];
}

void ChangeSomething(Volume& volume, std::vector<RefPtr<File>>& held, Choices& choices) {
  const char* path = SomePath(choices);
  switch (choices.Below(8)) {
    case 0:
      (void)volume.Create(path, choices.Chance(2) ? EntryKind::kDirectory : EntryKind::kFile, 0);
      return;
    case 1:
      (void)volume.Remove(path);
      return;
    case 2:
      (void)volume.Rename(path, SomePath(choices),
                          choices.Chance(2) ? Replace::kYes : Replace::kNo);
      return;
    case 3:
      if (!held.empty()) held.erase(held.begin() + choices.Below(u32(held.size())));
      return;
    case 4:
      (void)(choices.Chance(2) ? volume.Flush() : volume.Space().status());
      return;
    default:
      break;
  }
  auto opened = volume.Open(path);
  if (!opened.ok()) return;
  BasicInformation change;
  change.attributes = 1 + choices.Below(0x3F);
  if (opened->directory) {
    (void)opened->directory->SetBasic(change);
    return;
  }
  File& file = *opened->file;
  if (held.size() < 4) held.push_back(opened->file);
  const u64 offset = choices.Below(6000);
  switch (choices.Below(4)) {
    case 0:
      (void)file.SetBasic(change);
      break;
    case 1:
      if (IsSuccess(file.SetSize(offset))) {
        EXPECT_EQ(file.Size(), offset);
      }
      break;
    default: {
      const Bytes bytes(1 + choices.Below(3000), std::byte(0x5A));
      if (IsSuccess(file.WriteAt(offset, std::span<const std::byte>(bytes)))) {
        EXPECT_GE(file.Size(), offset + bytes.size());
      }
    }
  }
}

}  // namespace

bool ExerciseWriting(BlockDevice& disk, Choices& choices, int steps) {
  const auto range = FindFatVolume(disk, nullptr);
  if (!range.ok()) return false;
  PartitionView view(disk, *range);
  FakeSystem system;
  auto volume = fat::FatVolume::Mount(view, 1, system, nullptr);
  if (!volume.ok()) return false;
  // A volume that says that it is huge is not worth the time to fill it.
  if ((*volume)->layout().cluster_count > 100'000) return false;
  std::vector<RefPtr<File>> held;
  for (int i = 0; i < steps && !choices.ended(); ++i) {
    ChangeSomething(**volume, held, choices);
    system.now += 30'000'000;
  }
  return true;
}

bool ExerciseVolume(BlockDevice& disk) {
  MountError error;
  const auto range = FindFatVolume(disk, &error);
  if (!range.ok()) {
    EXPECT_NE(error.reason[0], '\0');
    return false;
  }
  PartitionView view(disk, *range);
  FakeSystem system;
  auto volume = fat::FatVolume::Mount(view, 1, system, &error);
  if (!volume.ok()) return false;
  int budget = kMostEntries;
  Walk(**volume, "", 0, budget);
  (void)(*volume)->Open("sub\\deep\\leaf.bin");
  (void)(*volume)->Open("sub\\a long name that has parts.dll");
  return true;
}

FatImage SmallVolume(int width) {
  FatImage::Options options;
  options.width = width;
  options.clusters = width == 12 ? 120 : width == 16 ? 4100 : 65530;
  FatImage image(options);
  constexpr u32 kRoot = FatImage::kRoot;
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

}  // namespace fl::test
