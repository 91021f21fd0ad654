// Writing, as one call after the other sees it. What becomes of the disk is write_random_test.cpp's and
// write_failure_test.cpp's matter.
#include "fs/fat/fat_time.h"
#include "tests/fs/write_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage::Options Small(int width = 12) {
  FatImage::Options options;
  options.width = width;
  options.clusters = width == 12 ? 100 : width == 16 ? 4100 : 65530;
  options.sectors_per_cluster = 2;
  return options;
}

struct Writing : testing::Test {
  Writing() : mounted(FatImage(Small())), volume(*mounted.volume), disk(*mounted.disk) {}
  Status Make(std::string_view path, EntryKind kind = EntryKind::kFile, u32 attributes = 0) {
    return volume.Create(path, kind, attributes).status();
  }
  Status StatusOf(std::string_view path) { return volume.Open(path).status(); }
  u64 FreeClusters() { return volume.Space()->free_clusters; }

  Mounted mounted;
  fat::FatVolume& volume;
  MemoryDisk& disk;
};

TEST_F(Writing, ANewFileIsEmptyAndNew) {
  const auto created = volume.Create("new.txt", EntryKind::kFile, kAttributeHidden);
  ASSERT_EQ(created.status(), Status::kSuccess);
  EXPECT_EQ(created->file->Size(), 0u);
  EXPECT_EQ(created->info.attributes, kAttributeHidden | kAttributeArchive);
  EXPECT_EQ(created->info.times.creation, mounted.system->now);
  EXPECT_EQ(created->info.times.last_write, mounted.system->now);
  // FAT knows the day of the last access.
  EXPECT_EQ(created->info.times.last_access,
            mounted.system->now - (13 * 3600 + 37 * 60 + 58) * u64(10'000'000));
  EXPECT_EQ(created->file->Id(), volume.Open("NEW.TXT")->file->Id());
  EXPECT_EQ(Make("new.TXT"), Status::kObjectNameCollision);
  EXPECT_EQ(Make("none\\new.txt"), Status::kObjectPathNotFound);
  EXPECT_EQ(Make("new.txt\\more"), Status::kObjectPathNotFound);
  EXPECT_EQ(Make("slash\\"), Status::kObjectNameInvalid);
  EXPECT_EQ(Make(""), Status::kObjectNameCollision);
}

TEST_F(Writing, WholeSectorsGoStraightToTheDisk) {
  auto file = MakeFile(volume, "a", 1, 8192);
  disk.Forget();
  const Bytes a = Content(2, 2048), b = Content(3, 1024);
  const std::span<const std::byte> list[] = {a, b};
  ASSERT_EQ(file->WriteAt(1024, GatherList(list)), Status::kSuccess);
  ASSERT_EQ(disk.writes.size(), 1u);
  EXPECT_EQ(disk.writes[0].sectors, 6u);
  EXPECT_EQ(disk.writes[0].buffers, 2u);
  EXPECT_TRUE(disk.requests.empty());
}

TEST_F(Writing, PartsOfSectorsAreReadFirst) {
  auto file = MakeFile(volume, "a", 1, 2000);
  Bytes expected = Content(1, 2000);
  ASSERT_EQ(WriteBytes(*file, 500, Content(2, 30)), Status::kSuccess);
  const Bytes piece = Content(2, 30);
  std::copy(piece.begin(), piece.end(), expected.begin() + 500);
  EXPECT_TRUE(*ReadWhole(*file) == expected);
}

TEST_F(Writing, ANewPartOfASectorNeedsNoReading) {
  ASSERT_EQ(Make("a"), Status::kSuccess);
  auto file = mounted.FileAt("a");
  disk.Forget();
  disk.bad_sectors.insert(u64(volume.layout().data_start));
  EXPECT_EQ(WriteBytes(*file, 0, Content(1, 10)), Status::kSuccess);
}

TEST_F(Writing, AHoleReadsAsZeros) {
  // What lies on the disk there is another file's past.
  ASSERT_EQ(MakeFile(volume, "old", 9, 20'000)->SetSize(0), Status::kSuccess);
  for (const u64 offset : {1u, 511u, 512u, 4096u, 4097u}) {
    const std::string name = "hole" + std::to_string(offset);
    ASSERT_EQ(Make(name), Status::kSuccess);
    auto file = mounted.FileAt(name);
    ASSERT_EQ(WriteBytes(*file, 0, Content(1, 1)), Status::kSuccess);
    ASSERT_EQ(WriteBytes(*file, offset + 1, Content(2, 3)), Status::kSuccess);
    Bytes expected(std::size_t(offset) + 4);
    expected[0] = Content(1, 1)[0];
    const Bytes end = Content(2, 3);
    std::copy(end.begin(), end.end(), expected.end() - 3);
    EXPECT_TRUE(*ReadWhole(*file) == expected) << offset;
    ASSERT_EQ(file->SetSize(0), Status::kSuccess);
  }
}

TEST_F(Writing, WhatWasCutOffDoesNotComeBack) {
  auto file = MakeFile(volume, "a", 1, 3000);
  ASSERT_EQ(file->SetSize(700), Status::kSuccess);
  EXPECT_EQ(file->AllocatedSize(), 1024u);
  ASSERT_EQ(file->SetSize(3000), Status::kSuccess);
  Bytes expected = Content(1, 700);
  expected.resize(3000);
  EXPECT_TRUE(*ReadWhole(*file) == expected);
}

TEST_F(Writing, FilesGrowTogetherOnAnEmptyVolume) {
  auto file = MakeFile(volume, "a", 1, 5000);
  ASSERT_EQ(WriteBytes(*file, 5000, Content(2, 5000)), Status::kSuccess);
  disk.Forget();
  ASSERT_TRUE(ReadWhole(*file).ok());
  EXPECT_LE(disk.requests.size(), 2u);  // All but the last part of a sector at once.
}

TEST_F(Writing, EveryHolderSeesTheSameFile) {
  auto first = MakeFile(volume, "a", 1, 100);
  auto second = mounted.FileAt("A");
  ASSERT_EQ(WriteBytes(*second, 100, Content(2, 2000)), Status::kSuccess);
  EXPECT_EQ(first->Size(), 2100u);
  EXPECT_EQ(volume.Open("a")->info.size, 2100u);
  EXPECT_TRUE(*ReadWhole(*first) == *ReadWhole(*second));
}

TEST_F(Writing, AFullDiskLosesNothing) {
  auto file = MakeFile(volume, "a", 1, 1000);
  const u64 free = FreeClusters();
  disk.Forget();
  EXPECT_EQ(WriteBytes(*file, 1000, Content(2, u32(free + 1) * 1024)), Status::kDiskFull);
  EXPECT_EQ(file->SetSize((free + 1) * 1024 + 1), Status::kDiskFull);
  EXPECT_EQ(file->SetSize(u64(1) << 32), Status::kDiskFull);
  EXPECT_EQ(WriteBytes(*file, ~u64(0), Content(2, 5)), Status::kDiskFull);
  EXPECT_TRUE(disk.writes.empty());
  EXPECT_EQ(file->Size(), 1000u);
  EXPECT_EQ(FreeClusters(), free);
  EXPECT_EQ(WriteBytes(*file, 1024, Content(2, u32(free) * 1024)), Status::kSuccess);
  EXPECT_EQ(FreeClusters(), 0u);
  EXPECT_EQ(Make("directory", EntryKind::kDirectory), Status::kDiskFull);
  EXPECT_EQ(Make("file"), Status::kSuccess);  // Takes no cluster.
  ASSERT_EQ(volume.Remove("a"), Status::kSuccess);
  file = nullptr;
  EXPECT_EQ(FreeClusters(), 100u);
}

TEST_F(Writing, AFullRootHasNoRoomForANameMore) {
  for (int i = 0; i < 64; ++i) ASSERT_EQ(Make("f" + std::to_string(i)), Status::kSuccess);
  EXPECT_EQ(Make("one more"), Status::kCannotMake);
  EXPECT_EQ(volume.Rename("f1", "a name with parts", Replace::kNo), Status::kCannotMake);
  EXPECT_EQ(StatusOf("f1"), Status::kSuccess);
  ASSERT_EQ(volume.Remove("f40"), Status::kSuccess);
  EXPECT_EQ(Make("f64"), Status::kSuccess);
  EXPECT_EQ(Names(volume, "").size(), 64u);
}

TEST_F(Writing, DirectoriesGrowAndTheirSlotsAreUsedAgain) {
  ASSERT_EQ(Make("d", EntryKind::kDirectory), Status::kSuccess);
  const u64 free = FreeClusters();
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 100; ++i) ASSERT_EQ(Make("d\\file" + std::to_string(i)), Status::kSuccess);
    EXPECT_EQ(free - FreeClusters(), 3u);  // Four clusters of 32 entries.
    for (int i = 0; i < 100; ++i) {
      ASSERT_EQ(volume.Remove("d\\file" + std::to_string(i)), Status::kSuccess);
    }
  }
  EXPECT_EQ(volume.Remove("d"), Status::kSuccess);
  EXPECT_EQ(FreeClusters(), 100u);
}

TEST_F(Writing, RemoveRefuses) {
  ASSERT_EQ(Make("d", EntryKind::kDirectory), Status::kSuccess);
  ASSERT_EQ(Make("d\\f", EntryKind::kFile, kAttributeReadOnly), Status::kSuccess);
  EXPECT_EQ(volume.Remove("none"), Status::kObjectNameNotFound);
  EXPECT_EQ(volume.Remove("none\\f"), Status::kObjectPathNotFound);
  EXPECT_EQ(volume.Remove("d"), Status::kDirectoryNotEmpty);
  EXPECT_EQ(volume.Remove("d\\f"), Status::kCannotDelete);
  EXPECT_EQ(volume.Remove(""), Status::kCannotDelete);
  BasicInformation writable;
  writable.attributes = kAttributeNormal;
  ASSERT_EQ(mounted.FileAt("d\\f")->SetBasic(writable), Status::kSuccess);
  EXPECT_EQ(volume.Remove("d\\f"), Status::kSuccess);
  EXPECT_EQ(volume.Remove("d"), Status::kSuccess);
}

TEST_F(Writing, ARemovedFileLivesUntilNobodyHoldsIt) {
  auto file = MakeFile(volume, "a", 1, 5000);
  const FileId id = file->Id();
  ASSERT_EQ(volume.Remove("a"), Status::kSuccess);
  EXPECT_EQ(StatusOf("a"), Status::kObjectNameNotFound);
  // Its slot and its name are another's now, its clusters are not.
  auto other = MakeFile(volume, "a", 2, 5000);
  EXPECT_FALSE(other->Id() == id);
  EXPECT_TRUE(*ReadWhole(*file) == Content(1, 5000));
  ASSERT_EQ(WriteBytes(*file, 5000, Content(3, 1000)), Status::kSuccess);
  EXPECT_EQ(file->Size(), 6000u);
  EXPECT_EQ(file->Id(), id);
  EXPECT_EQ(FreeClusters(), 100u - 6 - 5);
  file = nullptr;
  EXPECT_EQ(FreeClusters(), 100u - 5);
  EXPECT_TRUE(*ReadWhole(*other) == Content(2, 5000));
}

TEST_F(Writing, IdentityOutlivesARename) {
  auto file = MakeFile(volume, "a", 1, 100);
  const FileId id = file->Id();
  ASSERT_EQ(Make("d", EntryKind::kDirectory), Status::kSuccess);
  ASSERT_EQ(volume.Rename("a", "d\\b", Replace::kNo), Status::kSuccess);
  EXPECT_EQ(file->Id(), id);
  EXPECT_EQ(file->Name(), "b");
  EXPECT_EQ(volume.Open("d\\b")->file->Id(), id);
  EXPECT_EQ(volume.Open("d\\b")->info.id, id);
  auto newcomer = MakeFile(volume, "c", 2, 100);
  EXPECT_FALSE(newcomer->Id() == id);
  ASSERT_EQ(WriteBytes(*file, 100, Content(3, 1000)), Status::kSuccess);
  EXPECT_EQ(volume.Open("d\\b")->info.size, 1100u);
  EXPECT_TRUE(*ReadWhole(*newcomer) == Content(2, 100));
}

TEST_F(Writing, RenameRefuses) {
  MakeFile(volume, "a", 1, 100);
  ASSERT_EQ(Make("b", EntryKind::kFile, kAttributeReadOnly), Status::kSuccess);
  ASSERT_EQ(Make("d", EntryKind::kDirectory), Status::kSuccess);
  ASSERT_EQ(Make("d\\e", EntryKind::kDirectory), Status::kSuccess);
  EXPECT_EQ(volume.Rename("none", "x", Replace::kNo), Status::kObjectNameNotFound);
  EXPECT_EQ(volume.Rename("a", "none\\x", Replace::kNo), Status::kObjectPathNotFound);
  EXPECT_EQ(volume.Rename("a", "x*", Replace::kNo), Status::kObjectNameInvalid);
  EXPECT_EQ(volume.Rename("a", "B", Replace::kNo), Status::kObjectNameCollision);
  EXPECT_EQ(volume.Rename("a", "b", Replace::kYes), Status::kAccessDenied);
  EXPECT_EQ(volume.Rename("a", "d", Replace::kYes), Status::kAccessDenied);
  EXPECT_EQ(volume.Rename("d", "d\\x", Replace::kNo), Status::kInvalidParameter);
  EXPECT_EQ(volume.Rename("d", "D\\e\\x", Replace::kNo), Status::kInvalidParameter);
  EXPECT_EQ(volume.Rename("", "x", Replace::kNo), Status::kAccessDenied);
  EXPECT_EQ(volume.Rename("a", "", Replace::kYes), Status::kObjectNameCollision);
  ExpectContent(volume, "a", 1, 100);
}

TEST_F(Writing, ANameIsChangedByItsCaseAlone) {
  MakeFile(volume, "Some Name", 1, 100);
  ASSERT_EQ(volume.Rename("some name", "SOME name", Replace::kNo), Status::kSuccess);
  EXPECT_EQ(Names(volume, ""), std::vector<std::string>{"SOME name"});
  ASSERT_EQ(volume.Rename("SOMENA~1", "some name", Replace::kNo), Status::kSuccess);
  EXPECT_EQ(Names(volume, ""), std::vector<std::string>{"some name"});
  ExpectContent(volume, "some name", 1, 100);
}

TEST_F(Writing, SavingOverAFileIsOneWriteOfItsDirectory) {
  MakeFile(volume, "document.txt", 1, 2000);
  MakeFile(volume, "document.tmp", 2, 1000);
  disk.Forget();
  ASSERT_EQ(volume.Rename("document.tmp", "document.txt", Replace::kYes), Status::kSuccess);
  EXPECT_EQ(disk.writes.front().first, volume.layout().root_start);
  u32 of_directory = 0;
  for (const auto& write : disk.writes) of_directory += write.first == volume.layout().root_start;
  EXPECT_EQ(of_directory, 1u);
  ExpectContent(volume, "document.txt", 2, 1000);
  EXPECT_EQ(FreeClusters(), 99u);
}

TEST_F(Writing, AReplacedFileThatIsOpenStaysReadable) {
  auto old = MakeFile(volume, "a", 1, 2000);
  auto young = MakeFile(volume, "b", 2, 3000);
  ASSERT_EQ(volume.Rename("b", "a", Replace::kYes), Status::kSuccess);
  EXPECT_TRUE(*ReadWhole(*old) == Content(1, 2000));
  EXPECT_EQ(volume.Open("a")->file->Id(), young->Id());
  old = nullptr;
  EXPECT_EQ(FreeClusters(), 97u);
}

TEST_F(Writing, ADirectoryMovesWithWhatIsInIt) {
  for (const char* path : {"a", "b", "a\\c"})
    ASSERT_EQ(Make(path, EntryKind::kDirectory), Status::kSuccess);
  MakeFile(volume, "a\\c\\f", 1, 10);
  ASSERT_EQ(volume.Rename("a\\c", "b\\d", Replace::kNo), Status::kSuccess);
  ExpectContent(volume, "b\\d\\f", 1, 10);
  EXPECT_EQ(StatusOf("a\\c"), Status::kObjectNameNotFound);
}

TEST_F(Writing, AWalkOfARemovedDirectoryEnds) {
  ASSERT_EQ(Make("d", EntryKind::kDirectory), Status::kSuccess);
  auto walk = volume.Open("d")->directory;
  DirectoryEntryInfo info;
  ASSERT_TRUE(*walk->Next(&info));
  ASSERT_EQ(volume.Remove("d"), Status::kSuccess);
  EXPECT_FALSE(*walk->Next(&info));
  MakeFile(volume, "f", 1, 3000);  // In the cluster that was the directory's.
  EXPECT_EQ(walk->Rewind(), Status::kSuccess);
  EXPECT_FALSE(*walk->Next(&info));
}

TEST_F(Writing, TimesAndAttributesAreSetOrLeft) {
  auto file = MakeFile(volume, "a", 1, 10);
  const BasicInformation before = file->Basic();
  EXPECT_EQ(file->SetBasic({}), Status::kSuccess);
  BasicInformation leave;
  leave.times = {~u64(0), ~u64(0), ~u64(0) - 1};
  EXPECT_EQ(file->SetBasic(leave), Status::kSuccess);
  EXPECT_EQ(file->Basic().times, before.times);
  EXPECT_EQ(file->Basic().attributes, before.attributes);
  BasicInformation change;
  constexpr u64 kSecond = 10'000'000;
  const u64 day = mounted.system->now / (86400 * kSecond) * (86400 * kSecond);
  change.times = {day + 3 * kSecond + 123'4567, day + 9 * kSecond, day + 5 * kSecond + 9'999'999};
  change.attributes = kAttributeSystem;
  ASSERT_EQ(file->SetBasic(change), Status::kSuccess);
  Mounted fresh(disk.bytes);
  const DirectoryEntryInfo info = std::move(fresh.Open("a")->info);
  EXPECT_EQ(info.times.creation, day + 3 * kSecond + 120'0000);  // 10 ms.
  EXPECT_EQ(info.times.last_access, day);                        // A day.
  EXPECT_EQ(info.times.last_write, day + 4 * kSecond);           // 2 s.
  EXPECT_EQ(info.attributes, kAttributeSystem);
  change.times = {1, 0, 0};  // 1601.
  EXPECT_EQ(file->SetBasic(change), Status::kInvalidParameter);
  change = {};
  change.attributes = kAttributeIsDirectory;
  EXPECT_EQ(file->SetBasic(change), Status::kInvalidParameter);
  EXPECT_EQ(volume.Open("")->directory->SetBasic({}), Status::kInvalidParameter);
}

TEST_F(Writing, AWriteInPlaceTouchesTheEntryOnceInTwoSeconds) {
  auto file = MakeFile(volume, "a", 1, 1024);
  mounted.system->now += 20'000'000;
  disk.Forget();
  for (int i = 0; i < 10; ++i) ASSERT_EQ(WriteBytes(*file, 0, Content(2, 512)), Status::kSuccess);
  EXPECT_EQ(disk.writes.size(), 11u);
  EXPECT_EQ(Mounted(disk.bytes).Open("a")->info.times.last_write, mounted.system->now);
}

TEST_F(Writing, FlushReachesTheDisk) {
  auto file = MakeFile(volume, "a", 1, 10);
  EXPECT_EQ(file->Flush(), Status::kSuccess);
  EXPECT_EQ(volume.Flush(), Status::kSuccess);
  EXPECT_EQ(disk.flushes, 2u);
}

TEST(FatTime, GoesThereAndBack) {
  u64 time = u64(138426) * 86400 * 10'000'000;  // 1980-01-01.
  EXPECT_FALSE(fat::FatTimeOf(time - 1));
  for (;; time += u64(79'973) * 10'000'000 + 2'340'000) {
    const auto stored = fat::FatTimeOf(time);
    if (!stored) break;
    ASSERT_EQ(fat::NtTimeOf(stored->date, stored->time, stored->hundredths),
              time / 100'000 * 100'000);
  }
  EXPECT_GT(time, u64(185'000) * 86400 * 10'000'000);  // It ended after 2107, the last year.
}

TEST(Identity, IsTheRootsLabelAndTheBootSectorsSerial) {
  FatImage image(Small());
  image.Put8(38, 0x29);
  image.Put32(39, 0x1234ABCD);
  EXPECT_EQ(Mounted(image).volume->Identity()->label.view(), "");
  image.AddEntry(kRoot, "MY VOLUME  ", 0x08, 0, 0);
  Mounted mounted(image);
  const auto identity = mounted.volume->Identity();
  EXPECT_EQ(identity->serial, 0x1234ABCDu);
  EXPECT_EQ(identity->label.view(), "MY VOLUME");
}

class Space : public testing::TestWithParam<int> {};

TEST_P(Space, IsCounted) {
  FatImage image(Small(GetParam()));
  image.AddFile(kRoot, "A       TXT", {13, 14, 15}, 3000, 2);
  image.SetFat(20, image.BadMark());
  Mounted mounted(image);
  const auto space = mounted.volume->Space();
  EXPECT_EQ(space->total_clusters, image.clusters);
  EXPECT_EQ(space->free_clusters, image.clusters - 4 - (GetParam() == 32 ? 1 : 0));
  EXPECT_EQ(space->sectors_per_cluster, 2u);
  EXPECT_EQ(space->bytes_per_sector, 512u);
}

INSTANTIATE_TEST_SUITE_P(Widths, Space, testing::Values(12, 16, 32));

}  // namespace
}  // namespace fl::fs
