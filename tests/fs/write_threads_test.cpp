// Threads that change a volume and threads that read it, which take turns wherever the disk works or a
// lock is waited for: who reads sees every change whole or not at all, and all of them come to an end.
#include "tests/fakes/fake_threads.h"
#include "tests/fs/write_support.h"

namespace fl::fs {
namespace {

using namespace test;
using fl::test::FakeThreads;

class WriteThreads : public testing::TestWithParam<unsigned> {
 protected:
  WriteThreads() : mounted(Image()), volume(*mounted.volume), threads(GetParam()) {
    mounted.system->sleep = [this](const void* channel) { threads.Sleep(channel); };
    mounted.system->wake = [this](const void* channel) { threads.WakeAll(channel); };
    mounted.disk->during_read = [this](Lba) { threads.Yield(); };
    mounted.disk->during_write = [this](Lba) { threads.Yield(); };
  }
  static FatImage Image() {
    FatImage::Options options;
    options.width = 16;
    options.clusters = 4200;
    FatImage image(options);
    for (int i = 0; i < 4; ++i) {
      image.AddDirectory(kRoot, "DIR" + std::to_string(i) + "       ", {u32(10 + i)});
    }
    std::vector<u32> chain;
    for (u32 i = 0; i < 30; ++i) chain.push_back(100 + (i * 97) % 1000);
    image.AddFile(kRoot, "STABLE  BIN", chain, 30 * 512 - 5, 1);
    return image;
  }

  Mounted mounted;
  fat::FatVolume& volume;
  FakeThreads threads;
};

TEST_P(WriteThreads, ReadersSeeWholeChanges) {
  constexpr int kRounds = 40;
  const auto writer = [&](int number) {
    return [&, number] {
      const std::string directory = "dir" + std::to_string(number) + "\\";
      for (int i = 0; i < kRounds; ++i) {
        const std::string name = directory + "a file with a long name " + std::to_string(i % 7);
        auto created = volume.Create(name, EntryKind::kFile, 0);
        ASSERT_EQ(created.status(), Status::kSuccess);
        for (u32 piece = 0; piece < 3; ++piece) {
          ASSERT_EQ(WriteBytes(*created->file, piece * 700, Content(u32(number * 100 + i), 700)),
                    Status::kSuccess);
        }
        ASSERT_EQ(created->file->SetSize(1000), Status::kSuccess);
        ASSERT_EQ(volume.Rename(name, directory + "other", Replace::kYes), Status::kSuccess);
        auto bytes = ReadWhole(*created->file);
        ASSERT_TRUE(bytes.ok());
        const Bytes first = Content(u32(number * 100 + i), 700);
        ASSERT_TRUE(std::equal(first.begin(), first.end(), bytes->begin()));
        if (i % 3 == 0) {
          ASSERT_EQ(volume.Remove(directory + "other"), Status::kSuccess);
        }
      }
    };
  };
  const auto reader = [&] {
    for (int i = 0; i < kRounds; ++i) {
      ExpectContent(volume, "stable.bin", 1, 30 * 512 - 5);
      EXPECT_EQ(Names(volume, "").size(), 5u);
      auto walk = volume.Open("dir" + std::to_string(i % 3))->directory;
      DirectoryEntryInfo info;
      while (*walk->Next(&info)) {
        const std::string name(info.name.view());
        EXPECT_TRUE(name == "." || name == ".." || name == "other" ||
                    name.starts_with("a file with a long name "))
            << name;
        EXPECT_LE(info.size, 2100u);
      }
    }
  };
  threads.Run({writer(0), reader, writer(1), reader, writer(2), reader});
  EXPECT_GT(threads.sleeps, 10);
  EXPECT_EQ(volume.Flush(), Status::kSuccess);
  for (int number = 0; number < 3; ++number) {
    const std::string path = "dir" + std::to_string(number) + "\\";
    if (volume.Open(path + "other").ok()) {
      ASSERT_EQ(volume.Remove(path + "other"), Status::kSuccess);
    }
    EXPECT_EQ(volume.Remove(path), Status::kSuccess);
  }
  EXPECT_EQ(volume.Space()->free_clusters, 4200u - 30 - 1);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WriteThreads, testing::Range(1u, 5u));

}  // namespace
}  // namespace fl::fs
