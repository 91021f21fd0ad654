// Every read and every allocation of fs/ fails in turn: the failure keeps its code, nothing leaks
// (LeakSanitizer looks), and the same operation succeeds afterwards on the same volume.
#include "fs/partition.h"
#include "tests/fakes/failing_new.h"
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage Image() {
  FatImage::Options options;
  options.width = 16;
  options.clusters = 5000;
  FatImage image(options);
  image.AddDirectory(kRoot, "SUB        ", {10, 900});
  for (int i = 0; i < 13; ++i) image.AddEntry(10, "FILE       ", 0x20, 0, 0);
  image.AddLongName(10, u"a name of some length.bin", "ANAME~1 BIN");
  // A cluster in each of several sectors of the FAT; no two together.
  image.AddFile(10, "ANAME~1 BIN", {100, 400, 800, 3000, 1200, 600, 2000, 4000, 2500}, 4500, 1);
  return image;
}

/// Finds, mounts, opens, reads and lists; all on the way must succeed.
Status Everything(MemoryDisk& disk) {
  TRY(FindFatVolume(disk, nullptr));
  auto volume = TRY(fat::FatVolume::Mount(disk, 1, plain_system, nullptr));
  auto opened = TRY(volume->Open("sub\\A name of some LENGTH.bin"));
  Bytes bytes = TRY(ReadWhole(*opened.file));
  EXPECT_TRUE(bytes == Content(1, 4500));
  TRY_STATUS(opened.file->ReadAt(1, std::span(bytes)));
  auto directory = TRY(volume->Open("sub")).directory;
  DirectoryEntryInfo info;
  u32 entries = 0;
  while (TRY(directory->Next(&info))) ++entries;
  EXPECT_EQ(entries, 16u);
  return Status::kSuccess;
}

TEST(Failure, EveryReadInTurn) {
  const Bytes bytes = Image().bytes;
  for (u32 failing = 1;; ++failing) {
    MemoryDisk disk(bytes);
    disk.reads_until_failure = failing;
    const Status status = Everything(disk);
    if (disk.reads_until_failure != 0) {
      EXPECT_EQ(status, Status::kSuccess);
      EXPECT_GT(failing, 20u);
      break;
    }
    EXPECT_EQ(status, Status::kIoDeviceError) << failing;
  }
}

TEST(Failure, EveryAllocationInTurn) {
  MemoryDisk disk(Image().bytes);
  for (int failing = 1;; ++failing) {
    fl::test::FailAllocation(failing);
    const Status status = Everything(disk);
    const bool reached = fl::test::AllocationFailed();
    fl::test::FailAllocation(0);
    if (!reached) {
      EXPECT_EQ(status, Status::kSuccess);
      EXPECT_GT(failing, 10);
      break;
    }
    EXPECT_EQ(status, Status::kNoMemory) << failing;
  }
}

/// Runs `operation` on one file, failing at the n-th place, then again until it succeeds: what
/// failed must leave no trace.
template <class Fail>
void RetryOnOneFile(Fail fail, Status expected) {
  for (u32 failing = 1; failing < 40; ++failing) {
    Mounted mounted(Image());
    auto file = mounted.FileAt("sub\\aname~1.bin");
    fail(mounted, failing);
    const Status status = ReadWhole(*file).status();
    fail(mounted, 0);
    EXPECT_TRUE(status == expected || status == Status::kSuccess) << failing;
    const auto again = ReadWhole(*file);
    ASSERT_EQ(again.status(), Status::kSuccess) << failing;
    EXPECT_TRUE(*again == Content(1, 4500)) << failing;
  }
}

TEST(Failure, AReadCanBeTriedAgain) {
  RetryOnOneFile([](Mounted& mounted, u32 n) { mounted.disk->reads_until_failure = n; },
                 Status::kIoDeviceError);
}

TEST(Failure, AnExtentThatFoundNoMemoryCanBeTriedAgain) {
  RetryOnOneFile([](Mounted&, u32 n) { fl::test::FailAllocation(int(n)); }, Status::kNoMemory);
}

TEST(Failure, WhatWasForgottenIsReadAgain) {
  Mounted mounted(Image());
  const auto listed = Names(*mounted.volume, "sub");
  const u64 first = mounted.disk->SectorsRead();
  EXPECT_EQ(Names(*mounted.volume, "sub"), listed);
  const u64 cached = mounted.disk->SectorsRead() - first;
  mounted.volume->DropCache();
  mounted.disk->Forget();
  EXPECT_EQ(Names(*mounted.volume, "sub"), listed);
  EXPECT_GT(mounted.disk->SectorsRead(), cached);
}

TEST(Failure, AListingGoesOnWhereItFailed) {
  for (int failing = 1; failing < 30; ++failing) {
    Mounted mounted(Image());
    auto directory = mounted.Open("sub")->directory;
    if (failing % 2) {
      fl::test::FailAllocation((failing + 1) / 2);
    } else {
      mounted.disk->reads_until_failure = u32(failing / 2);
    }
    std::vector<std::string> names;
    DirectoryEntryInfo info;
    while (true) {
      const auto more = directory->Next(&info);
      if (!more.ok()) continue;
      if (!*more) break;
      names.emplace_back(info.name.view());
    }
    fl::test::FailAllocation(0);
    ASSERT_EQ(names.size(), 16u) << failing;
    EXPECT_EQ(names.back(), "a name of some length.bin") << failing;
  }
}

}  // namespace
}  // namespace fl::fs
