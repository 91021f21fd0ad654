// Volumes that other programs made: mkfs.fat and mtools, at test time. Without them these tests are
// skipped, which is said; with FAULTLINE_REQUIRE_TOOLS set in the environment they fail instead.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fs/partition.h"
#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

struct RealCase {
  const char* name;
  const char* mkfs;  ///< Options of mkfs.fat.
  u32 kilobytes;
  fat::FatWidth width;
};

bool HasTool(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null 2>&1").c_str()) == 0;
}

class RealImage : public testing::TestWithParam<RealCase> {
 protected:
  void SetUp() override {
    setenv("PATH", (std::string(getenv("PATH")) + ":/usr/sbin:/sbin").c_str(), 1);
    setenv("MTOOLS_SKIP_CHECK", "1", 1);
    for (const char* tool : {"mkfs.fat", "mcopy", "mmd", "mdel"}) {
      if (HasTool(tool)) continue;
      ASSERT_EQ(getenv("FAULTLINE_REQUIRE_TOOLS"), nullptr) << tool << " is missing";
      GTEST_SKIP() << tool << " is missing";
    }
    std::string pattern = (std::filesystem::temp_directory_path() / "fat-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    Run("mkfs.fat " + std::string(GetParam().mkfs) + " -C " + Path("disk") + " " +
        std::to_string(GetParam().kilobytes));
  }
  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  std::string Path(const std::string& name) const { return "'" + directory_ + "/" + name + "'"; }
  void Run(const std::string& command) {
    const std::string all = "LC_ALL=C.UTF-8 " + command + " >/dev/null";
    ASSERT_EQ(std::system(all.c_str()), 0) << command;
  }
  void CopyIn(const std::string& target, u32 seed, u64 size) {
    const Bytes content = Content(seed, size);
    std::ofstream(directory_ + "/content", std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), std::streamsize(size));
    Run("mcopy -i " + Path("disk") + " " + Path("content") + " '::" + target + "'");
  }
  Mounted Mount() const {
    std::ifstream file(directory_ + "/disk", std::ios::binary);
    std::vector<char> raw{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const auto bytes = std::as_bytes(std::span(raw));
    return Mounted(Bytes(bytes.begin(), bytes.end()));
  }

  std::string directory_;
};

TEST_P(RealImage, EverythingReadsBack) {
  CopyIn("/HELLO.EXE", 1, 6789);
  CopyIn("/A rather long name with spaces.dll", 2, 100'000);
  CopyIn("/lower.txt", 3, 1);
  CopyIn("/empty", 4, 0);
  CopyIn("/größe.txt", 5, 513);
  Run("mmd -i " + Path("disk") + " ::/Windows ::/Windows/System32 '::/Windows/System32/Deep down'");
  CopyIn("/Windows/System32/Deep down/leaf.bin", 6, 4096);
  Mounted mounted = Mount();
  ASSERT_TRUE(mounted.volume);
  EXPECT_EQ(mounted.volume->layout().width, GetParam().width);
  EXPECT_EQ(FindFatVolume(*mounted.disk, nullptr).status(), Status::kSuccess);
  Volume& volume = *mounted.volume;
  ExpectContent(volume, "hello.exe", 1, 6789);
  ExpectContent(volume, "\\A RATHER long name with spaces.DLL", 2, 100'000);
  ExpectContent(volume, "ARATHE~1.DLL", 2, 100'000);
  ExpectContent(volume, "LOWER.TXT", 3, 1);
  ExpectContent(volume, "Empty", 4, 0);
  ExpectContent(volume, "GRÖßE.txt", 5, 513);
  ExpectContent(volume, "windows/system32\\DEEP DOWN\\.\\..\\deep down\\leaf.bin", 6, 4096);
  const std::vector<std::string> root = {"HELLO.EXE", "A rather long name with spaces.dll",
                                         "lower.txt", "empty",
                                         "größe.txt", "Windows"};
  EXPECT_EQ(Names(volume, ""), root);
  const std::vector<std::string> deep = {".", "..", "leaf.bin"};
  EXPECT_EQ(Names(volume, "Windows\\System32\\Deep down"), deep);
}

TEST_P(RealImage, AFragmentedFileReadsBackInAnyPieces) {
  // Every second of many small files goes; the large one fills the gaps.
  for (int i = 0; i < 24; ++i) CopyIn("/small" + std::to_string(i), u32(100 + i), 3000);
  for (int i = 0; i < 24; i += 2) {
    Run("mdel -i " + Path("disk") + " ::/small" + std::to_string(i));
  }
  constexpr u32 kSize = 150'001;
  CopyIn("/large.bin", 7, kSize);
  Mounted mounted = Mount();
  ASSERT_TRUE(mounted.volume);
  ExpectContent(*mounted.volume, "small1", 101, 3000);
  const Bytes content = Content(7, kSize);
  u32 state = 12345;
  const auto random = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  auto file = mounted.FileAt("LARGE.BIN");
  for (int round = 0; round < 300; ++round) {
    const u32 offset = random() % (kSize + 2000);
    Bytes bytes(1 + random() % 20'000, std::byte(0xAA));
    ASSERT_EQ(file->ReadAt(offset, std::span(bytes)), Status::kSuccess);
    for (u32 i = 0; i < bytes.size(); ++i) {
      const std::byte expected = offset + i < kSize ? content[offset + i] : std::byte(0);
      ASSERT_EQ(bytes[i], expected) << offset << " + " << i;
    }
  }
}

TEST_P(RealImage, ADirectoryOfManyClustersIsSearchedToItsEnd) {
  Run("mmd -i " + Path("disk") + " ::/many");
  const std::string stem = "a name that takes three entries of its own ";
  std::string command = "mcopy -i " + Path("disk");
  for (int i = 0; i < 60; ++i) {
    const std::string name = stem + std::to_string(i) + ".txt";
    std::ofstream(directory_ + "/" + name) << i;
    command += " " + Path(name);
  }
  Run(command + " ::/many");
  Mounted mounted = Mount();
  ASSERT_TRUE(mounted.volume);
  EXPECT_EQ(Names(*mounted.volume, "many").size(), 62u);
  auto last = mounted.FileAt("many\\" + stem + "59.TXT");
  ASSERT_TRUE(last);
  std::byte digits[2];
  EXPECT_EQ(last->ReadAt(0, digits), Status::kSuccess);
  EXPECT_EQ(char(digits[1]), '9');
  EXPECT_EQ(mounted.Open("many\\" + stem + "60.txt").status(), Status::kObjectNameNotFound);
}

using enum fat::FatWidth;
INSTANTIATE_TEST_SUITE_P(Formats, RealImage,
                         testing::Values(RealCase{"Floppy1440", "", 1440, k12},
                                         RealCase{"Fat12Of4K", "-F 12 -s 8", 8192, k12},
                                         RealCase{"Fat16Of512", "-F 16 -s 1", 16384, k16},
                                         RealCase{"Fat16Of2K", "-F 16 -s 4 -r 112", 32768, k16},
                                         RealCase{"Fat32Of512", "-F 32 -s 1", 40960, k32},
                                         RealCase{"Fat32Of1KOneFat", "-F 32 -s 2 -f 1", 70000,
                                                  k32}),
                         [](const auto& test_case) { return test_case.param.name; });

}  // namespace
}  // namespace fl::fs
