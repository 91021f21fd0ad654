// Directories: names long and short, entries to be skipped, ends and their absence.
#include "fs/fat/directory.h"

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage Fat12() { return FatImage(FatImage::Options{}); }

using NameList = std::vector<std::string>;

TEST(Directory, ShortNamesAreShownWithTheirDot) {
  FatImage image = Fat12();
  image.AddEntry(kRoot, "HELLO   EXE", 0x20, 0, 0);
  image.AddEntry(kRoot, "MAKEFILE   ", 0x20, 0, 0);
  image.AddEntry(kRoot, "A B     C  ", 0x20, 0, 0);
  image.AddEntry(kRoot,
                 "\x05"
                 "ETA    TXT",
                 0x20, 0, 0);
  image.AddEntry(kRoot,
                 "GR\x99\xE1"
                 "E      ",
                 0x20, 0, 0);
  Mounted mounted(image);
  // 0x05 stands for 0xE5, which is a small sigma in code page 437; 0x99 is Ö, 0xE1 is ß.
  EXPECT_EQ(Names(*mounted.volume, ""),
            (NameList{"HELLO.EXE", "MAKEFILE", "A B.C", "σETA.TXT", "GRÖßE"}));
  EXPECT_TRUE(mounted.Open("größe").ok());
  EXPECT_TRUE(mounted.Open("Σeta.txt").ok());
  EXPECT_TRUE(mounted.Open("a b.c").ok());
}

TEST(Directory, TheCaseBitsOfNtMakeSmallLetters) {
  FatImage image = Fat12();
  for (const u32 bits : {0x00u, 0x08u, 0x10u, 0x18u}) {
    const size_t at = image.AddEntry(kRoot, "AB\x99     TXT", 0x20, 0, 0);
    image.Put8(at + 12, bits);
  }
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), (NameList{"ABÖ.TXT", "abö.TXT", "ABÖ.txt", "abö.txt"}));
}

TEST(Directory, WhatDoesNotBelongIntoAShortNameIsReplaced) {
  FatImage image = Fat12();
  image.AddEntry(kRoot, "A\\B/C:D*E?F", 0x20, 0, 0);
  image.AddEntry(kRoot, std::string_view(" \x01. \x7F    ..", 11), 0x20, 0, 0);
  image.AddEntry(kRoot, "           ", 0x20, 0, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), (NameList{"A_B_C_D_.E_F", " __ _. __", "_"}));
}

TEST(Directory, LongNamesOfEveryLengthAreShown) {
  FatImage::Options options;
  options.clusters = 4000;
  options.sectors_per_cluster = 8;
  options.root_entries = 8192;
  FatImage image(options);
  NameList expected;
  for (u32 length = 1; length <= 255; ++length) {
    char short_name[12];
    std::snprintf(short_name, sizeof(short_name), "N%07u   ", length);
    std::u16string name;
    for (u32 i = 0; i < length; ++i) name += char16_t('a' + (i + length) % 26);
    image.AddLongName(kRoot, name, short_name);
    image.AddEntry(kRoot, short_name, 0x20, 0, 0);
    expected.emplace_back(name.begin(), name.end());
  }
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), expected);
  for (u32 length = 1; length <= 255; length += 7) {
    auto opened = mounted.Open(expected[length - 1]);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->file->Name(), expected[length - 1]);
  }
  EXPECT_TRUE(mounted.Open("n0000200").ok());
  EXPECT_EQ(mounted.Open(std::string(256, 'a')).status(), Status::kObjectNameInvalid);
}

TEST(Directory, LongNamesBeyondTheFirstPlaneAreUtf8) {
  FatImage image = Fat12();
  image.AddLongName(kRoot, u"Ключ 键 🔑.dll", "KEY     DLL");
  image.AddEntry(kRoot, "KEY     DLL", 0x20, 0, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"Ключ 键 🔑.dll"});
  EXPECT_TRUE(mounted.Open("кЛЮЧ 键 🔑.DLL").ok());
}

struct Broken {
  const char* name;
  u32 offset;  ///< From the first of three parts.
  u32 value;
};
class BrokenLongName : public testing::TestWithParam<Broken> {};

TEST_P(BrokenLongName, GivesWayToTheShortName) {
  FatImage image = Fat12();
  const std::u16string name = u"a name of thirty-one characters";
  const size_t at = image.AddLongName(kRoot, name, "SHORT   TXT");
  image.AddEntry(kRoot, "SHORT   TXT", 0x20, 0, 0);
  image.AddEntry(kRoot, "AFTER   TXT", 0x20, 0, 0);
  {
    Mounted whole(image);
    EXPECT_EQ(Names(*whole.volume, "")[0], "a name of thirty-one characters");
  }
  image.Put8(at + GetParam().offset, GetParam().value);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), (NameList{"SHORT.TXT", "AFTER.TXT"}));
  EXPECT_TRUE(mounted.Open("short.txt").ok());
  EXPECT_FALSE(mounted.Open("a name of thirty-one characters").ok());
}

// The name's last part comes first: its units 0 to 4 are the characters 26 to 30, then the zero.
INSTANTIATE_TEST_SUITE_P(
    Damages, BrokenLongName,
    testing::Values(Broken{"NoLastPart", 0, 3}, Broken{"WrongCount", 0, 0x44},
                    Broken{"CountZero", 0, 0x40}, Broken{"CountTooLarge", 0, 0x40 | 21},
                    Broken{"SecondPartTwice", 64, 2}, Broken{"SecondPartDeleted", 32, 0xE5},
                    Broken{"FirstPartDeleted", 64, 0xE5}, Broken{"LastPartDeleted", 0, 0xE5},
                    Broken{"ChecksumOfFirst", 13, 0}, Broken{"ChecksumOfSecond", 32 + 13, 0},
                    Broken{"Type", 64 + 12, 1}, Broken{"LabelBetween", 32 + 11, 0x08},
                    Broken{"PaddingNotOnes", 31, 0}, Broken{"Separator", 64 + 1, '\\'},
                    Broken{"Slash", 64 + 1, '/'}, Broken{"Control", 64 + 1, 0x1F},
                    Broken{"LoneSurrogate", 64 + 2, 0xD8}, Broken{"LoneLowSurrogate", 64 + 2, 0xDC},
                    Broken{"EmptyName", 64 + 1, 0}, Broken{"ZeroInTheMiddle", 32 + 1, 0}),
    [](const auto& test_case) { return test_case.param.name; });

TEST(LongName, BelongsToNoOtherShortName) {
  FatImage image = Fat12();
  image.AddLongName(kRoot, u"a long name", "SHORT   TXT");
  image.AddEntry(kRoot, "OTHER   TXT", 0x20, 0, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"OTHER.TXT"});
}

TEST(LongName, DotsAreNoLongName) {
  FatImage image = Fat12();
  image.AddLongName(kRoot, u"..", "DOTS       ");
  image.AddEntry(kRoot, "DOTS       ", 0x10, 5, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"DOTS"});
}

TEST(LongName, PartsAtTheEndOfTheDirectoryAreNothing) {
  FatImage image = Fat12();
  image.AddEntry(kRoot, "A          ", 0x20, 0, 0);
  image.AddLongName(kRoot, u"orphan", "ORPHAN     ");
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"A"});
}

TEST(Directory, DeletedEntriesAndTheLabelAreSkipped) {
  FatImage image = Fat12();
  image.AddEntry(kRoot, "MY VOLUME  ", 0x08, 0, 0);
  image.AddEntry(kRoot,
                 "\xE5"
                 "ONE       ",
                 0x20, 0, 0);
  image.AddEntry(kRoot, "THERE      ", 0x27, 0, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"THERE"});
  EXPECT_EQ(mounted.Open("my volume").status(), Status::kObjectNameNotFound);
  EXPECT_EQ(mounted.Open("there")->info.attributes, 0x27u);
}

TEST(Directory, NothingIsSeenBehindTheEndMark) {
  FatImage image = Fat12();
  image.AddEntry(kRoot, "A          ", 0x20, 0, 0);
  const size_t mark = image.AddEntry(kRoot, "B          ", 0x20, 0, 0);
  image.AddEntry(kRoot, "C          ", 0x20, 0, 0);
  image.Put8(mark, 0);
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, ""), NameList{"A"});
}

TEST(Directory, FullDirectoriesEndWithoutAMark) {
  FatImage image = Fat12();
  image.AddDirectory(kRoot, "SUB        ", {10, 30});
  for (int i = 0; i < 30; ++i) image.AddEntry(10, "FILE       ", 0x20, 0, 0);
  for (int i = 1; i < 64; ++i) image.AddEntry(kRoot, "FILE       ", 0x20, 0, 0);
  image.Put8(image.ClusterOffset(2), 'X');  // Would be an entry if the root went on.
  Mounted mounted(image);
  EXPECT_EQ(Names(*mounted.volume, "").size(), 64u);
  EXPECT_EQ(Names(*mounted.volume, "sub").size(), 32u);
  EXPECT_EQ(mounted.Open("sub\\none").status(), Status::kObjectNameNotFound);
}

TEST(Directory, CirclesOfClustersAreFound) {
  for (const u32 back : {10u, 11u, 12u}) {
    FatImage image = Fat12();
    image.AddDirectory(kRoot, "SUB        ", {10, 11, 12});
    for (int i = 0; i < 46; ++i) image.AddEntry(10, "FILE       ", 0x20, 0, 0);
    image.SetFat(12, back);
    Mounted mounted(image);
    Status status = Status::kSuccess;
    EXPECT_LE(Names(*mounted.volume, "sub", &status).size(), 65536u);
    EXPECT_EQ(status, Status::kDiskCorrupt);
    EXPECT_EQ(mounted.Open("sub\\none").status(), Status::kDiskCorrupt);
    EXPECT_TRUE(mounted.Open("sub\\file").ok());
  }
}

TEST(Directory, ChainsThatLeaveTheVolumeAreRefused) {
  FatImage image = Fat12();
  for (const u32 wrong : {0u, 1u, image.BadMark(), 102u}) {
    FatImage damaged = image;
    damaged.AddDirectory(kRoot, "SUB        ", {10});
    for (int i = 0; i < 14; ++i) damaged.AddEntry(10, "FILE       ", 0x20, 0, 0);
    damaged.SetFat(10, wrong);
    Mounted mounted(damaged);
    EXPECT_EQ(mounted.Open("sub\\none").status(), Status::kDiskCorrupt) << wrong;
  }
  for (const u32 start : {0u, 1u, 102u, 0xFFFFu}) {
    FatImage damaged = image;
    damaged.AddEntry(kRoot, "SUB        ", 0x10, start, 0);
    Mounted mounted(damaged);
    EXPECT_EQ(mounted.Open("sub\\none").status(), Status::kDiskCorrupt) << start;
    EXPECT_TRUE(mounted.Open("sub").ok());
    Status status = Status::kSuccess;
    EXPECT_TRUE(Names(*mounted.volume, "sub", &status).empty());
    EXPECT_EQ(status, Status::kDiskCorrupt);
  }
}

TEST(Directory, ADirectoryInItselfIsAsDeepAsThePathIsLong) {
  FatImage image = Fat12();
  image.AddDirectory(kRoot, "SUB        ", {10});
  image.AddEntry(10, "SUB        ", 0x10, 10, 0);
  image.AddFile(10, "A          ", {20}, 5, 1);
  Mounted mounted(image);
  std::string path;
  for (int i = 0; i < 500; ++i) path += "sub\\";
  ExpectContent(*mounted.volume, path + "a", 1, 5);
}

TEST(Directory, ListingStartsOverAfterRewind) {
  FatImage image = Fat12();
  image.AddDirectory(kRoot, "SUB        ", {10});
  image.AddEntry(10, "A          ", 0x20, 0, 0);
  Mounted mounted(image);
  auto opened = mounted.Open("SUB");
  DirectoryEntryInfo info;
  for (int round = 0; round < 3; ++round) {
    NameList names;
    while (*opened->directory->Next(&info)) names.emplace_back(info.name.view());
    EXPECT_EQ(names, (NameList{".", "..", "A"}));
    EXPECT_FALSE(*opened->directory->Next(&info));
    EXPECT_EQ(opened->directory->Rewind(), Status::kSuccess);
  }
}

TEST(Directory, Fat12And16IgnoreTheUpperClusterBits) {
  FatImage image = Fat12();
  const size_t at = image.AddFile(kRoot, "A          ", {20}, 5, 1);
  image.Put16(at + 20, 0xFFFF);
  Mounted mounted(image);
  ExpectContent(*mounted.volume, "a", 1, 5);
}

}  // namespace
}  // namespace fl::fs
