// Paths: what they name, and what is answered when they name nothing.
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

class Path : public testing::TestWithParam<int> {
 protected:
  Path() : mounted_(Image()) {}
  static FatImage Image() {
    FatImage::Options options;
    options.width = GetParam();
    options.clusters = options.width == 12 ? 100 : options.width == 16 ? 5000 : 65600;
    FatImage image(options);
    image.AddDirectory(kRoot, "WINDOWS    ", {10});
    image.AddDirectory(10, "SYSTEM32   ", {11});
    image.AddLongName(11, u"kernel32 long.dll", "KERNEL~1DLL");
    image.AddFile(11, "KERNEL~1DLL", {12}, 100, 1);
    image.AddFile(kRoot, "A       TXT", {13}, 10, 2);
    return image;
  }
  Status StatusOf(std::string_view path) { return mounted_.Open(path).status(); }

  Mounted mounted_;
};

TEST_P(Path, NamesFilesByLongAndShortNameWithoutCase) {
  for (const char* path :
       {"Windows\\System32\\kernel32 long.dll", "WINDOWS/SYSTEM32/KERNEL32 LONG.DLL",
        "\\windows\\system32\\kernel~1.dll", "\\\\windows//system32\\/kernel~1.dll"}) {
    ExpectContent(*mounted_.volume, path, 1, 100);
  }
}

TEST_P(Path, TheEmptyPathIsTheRoot) {
  for (const char* path : {"", "\\", "/", ".", "..", "\\..\\.\\..", "windows\\.."}) {
    auto opened = mounted_.Open(path);
    ASSERT_TRUE(opened.ok()) << path;
    EXPECT_FALSE(opened->file);
    EXPECT_TRUE(opened->directory);
    EXPECT_TRUE(opened->info.is_directory);
    EXPECT_EQ(opened->info.name.view(), "");
    EXPECT_EQ(Names(*mounted_.volume, path).size(), 2u);
  }
}

TEST_P(Path, DotsAreResolvedInTheText) {
  ExpectContent(*mounted_.volume, "windows\\.\\system32\\..\\..\\a.txt", 2, 10);
  ExpectContent(*mounted_.volume, "..\\..\\a.txt", 2, 10);
  ExpectContent(*mounted_.volume, "not there\\..\\a.txt", 2, 10);
  EXPECT_EQ(mounted_.Open("windows\\system32\\..")->info.name.view(), "WINDOWS");
}

TEST_P(Path, SaysWhichComponentIsMissing) {
  EXPECT_EQ(StatusOf("none"), Status::kObjectNameNotFound);
  EXPECT_EQ(StatusOf("windows\\none"), Status::kObjectNameNotFound);
  EXPECT_EQ(StatusOf("none\\a.txt"), Status::kObjectPathNotFound);
  EXPECT_EQ(StatusOf("windows\\none\\a.txt"), Status::kObjectPathNotFound);
  EXPECT_EQ(StatusOf("a.txt\\b"), Status::kObjectPathNotFound);
  EXPECT_EQ(StatusOf("a.tx"), Status::kObjectNameNotFound);
  EXPECT_EQ(StatusOf("a.txtx"), Status::kObjectNameNotFound);
  EXPECT_EQ(StatusOf("window"), Status::kObjectNameNotFound);
}

TEST_P(Path, ASeparatorAtTheEndMeansADirectory) {
  EXPECT_EQ(StatusOf("windows\\"), Status::kSuccess);
  EXPECT_EQ(StatusOf("a.txt\\"), Status::kObjectNameInvalid);
}

TEST_P(Path, ImpossibleNamesAreRefused) {
  for (const char* path : {"a?b", "*", "a:b", "windows\\\"x\"", "a|b", "<a>", "\x01", "\xFF",
                           "\xC3", "\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "none\\?"}) {
    EXPECT_EQ(StatusOf(path), Status::kObjectNameInvalid) << path;
  }
  EXPECT_EQ(StatusOf(std::string(255, 'x')), Status::kObjectNameNotFound);
  EXPECT_EQ(StatusOf(std::string(256, 'x')), Status::kObjectNameInvalid);
}

TEST_P(Path, EqualFilesHaveEqualIdentity) {
  auto first = mounted_.Open("windows\\system32\\kernel~1.dll");
  auto again = mounted_.Open("WINDOWS\\system32\\KERNEL32 long.dll");
  auto other = mounted_.Open("a.txt");
  EXPECT_EQ(first->file->Id(), again->file->Id());
  EXPECT_EQ(first->file->Id(), first->info.id);
  EXPECT_FALSE(first->file->Id() == other->file->Id());
  EXPECT_EQ(first->file->Id().volume, 7u);
  EXPECT_EQ(first->file->Name(), "kernel32 long.dll");
}

TEST_P(Path, FilesOutliveTheLastReferenceToTheirVolume) {
  auto file = mounted_.FileAt("a.txt");
  auto directory = mounted_.Open("windows")->directory;
  mounted_.volume = nullptr;
  EXPECT_TRUE(*ReadWhole(*file) == Content(2, 10));
  DirectoryEntryInfo info;
  EXPECT_TRUE(*directory->Next(&info));
}

INSTANTIATE_TEST_SUITE_P(Widths, Path, testing::Values(12, 16, 32));

TEST(EntryInfo, HasSizeAttributesAndTimes) {
  FatImage image(FatImage::Options{});
  const size_t at = image.AddFile(kRoot, "A       TXT", {13}, 10, 2);
  image.Put8(at + 11, 0x21);
  image.Put8(at + 13, 150);                                // 1.5 s later than
  image.Put16(at + 14, 13 << 11 | 37 << 5 | 58 / 2);       // 13:37:58
  image.Put16(at + 16, (2024 - 1980) << 9 | 2 << 5 | 29);  // 2024-02-29
  image.Put16(at + 18, 0 << 9 | 1 << 5 | 1);               // 1980-01-01
  image.Put16(at + 24, 0);
  Mounted mounted(image);
  const auto opened = mounted.Open("a.txt");
  const DirectoryEntryInfo& info = opened->info;
  EXPECT_EQ(info.size, 10u);
  EXPECT_EQ(info.attributes, 0x21u);
  EXPECT_FALSE(info.is_directory);
  // Unix time plus 11644473600 s.
  EXPECT_EQ(info.times.creation, (1709213878u + 11644473600u) * 10'000'000 + 15'000'000);
  EXPECT_EQ(info.times.last_access, (315532800u + 11644473600u) * 10'000'000);
  EXPECT_EQ(info.times.last_write, 0u);
}

}  // namespace
}  // namespace fl::fs
