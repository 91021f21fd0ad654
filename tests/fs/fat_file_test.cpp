// Reading files: what reaches the disk, what reaches the buffers, and what never does.
#include <algorithm>
#include <numeric>

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;
using Request = MemoryDisk::Request;

constexpr u32 kClusterSectors = 4;

/// Two runs of clusters, 10 to 13 and 30 to 31, and a last one at 50; 6 whole clusters and 1234
/// bytes.
constexpr u32 kSize = 6 * kClusterSectors * 512 + 1234;

class FatFileTest : public testing::Test {
 protected:
  FatFileTest() : mounted_(Image()), file_(mounted_.FileAt("a.bin")), content_(Content(9, kSize)) {
    // The chain is known from here on, and requests are of data only.
    std::byte last[1];
    EXPECT_EQ(file_->ReadAt(kSize - 1, last), Status::kSuccess);
    mounted_.disk->Forget();
  }
  static FatImage Image() {
    FatImage::Options options;
    options.sectors_per_cluster = kClusterSectors;
    FatImage image(options);
    image.AddFile(kRoot, "A       BIN", {10, 11, 12, 13, 30, 31, 50}, kSize, 9);
    image.AddFile(kRoot, "EMPTY   BIN", {}, 0, 9);
    return image;
  }
  u64 SectorOf(u32 cluster) { return mounted_.volume->layout().FirstSector(cluster).value; }
  void ExpectFile(std::span<const std::byte> bytes, u64 offset) {
    for (u64 i = 0; i < bytes.size(); ++i) {
      ASSERT_EQ(bytes[i], offset + i < kSize ? content_[offset + i] : std::byte(0)) << offset + i;
    }
  }

  Mounted mounted_;
  RefPtr<File> file_;
  Bytes content_;
};

TEST_F(FatFileTest, EachRunOfClustersIsOneRequest) {
  Bytes pages(6 * 2048);
  const auto all = std::span(pages);
  const std::span<std::byte> list[] = {all.first(4096), all.subspan(4096, 4096), all.subspan(8192)};
  ASSERT_EQ(file_->ReadAt(0, list), Status::kSuccess);
  ExpectFile(pages, 0);
  EXPECT_EQ(mounted_.disk->requests,
            (std::vector<Request>{{SectorOf(10), 16, 2}, {SectorOf(30), 8, 1}}));
}

TEST_F(FatFileTest, APageInTheTailTakesWholeSectorsAndOnePart) {
  // As the pager asks for the tail of a file: the bytes that there are, at the start of a page.
  Bytes page(4096, std::byte(0xAA));
  ASSERT_EQ(file_->ReadAt(6 * 2048, std::span(page).first(1234)), Status::kSuccess);
  ExpectFile(std::span(page).first(1234), 6 * 2048);
  EXPECT_EQ(page[1234], std::byte(0xAA));
  std::vector<Request> requests = mounted_.disk->requests;
  std::ranges::sort(requests, {}, &Request::first);
  EXPECT_EQ(requests, (std::vector<Request>{{SectorOf(50), 2, 1}, {SectorOf(50) + 2, 1, 1}}));
}

TEST_F(FatFileTest, BytesPastTheEndAreZeroAndNotRead) {
  Bytes pages(3 * 4096, std::byte(0xAA));
  const auto all = std::span(pages);
  const std::span<std::byte> list[] = {all.first(4096), all.subspan(4096, 4096), all.subspan(8192)};
  ASSERT_EQ(file_->ReadAt(6 * 2048, list), Status::kSuccess);
  ExpectFile(pages, 6 * 2048);
  EXPECT_EQ(mounted_.disk->requests, (std::vector<Request>{{SectorOf(50), 3, 1}}));
  mounted_.disk->Forget();
  for (const u64 offset : {u64(kSize), u64(kSize) + 12345, u64(0x1'0000'0000), ~u64(0)}) {
    std::ranges::fill(pages, std::byte(0xAA));
    ASSERT_EQ(file_->ReadAt(offset, list), Status::kSuccess);
    EXPECT_TRUE(pages == Bytes(pages.size()));
  }
  EXPECT_TRUE(mounted_.disk->requests.empty());
}

TEST_F(FatFileTest, AnEmptyFileReadsAsZeros) {
  auto empty = mounted_.FileAt("empty.bin");
  EXPECT_EQ(empty->Size(), 0u);
  Bytes page(4096, std::byte(0xAA));
  EXPECT_EQ(empty->ReadAt(0, std::span(page)), Status::kSuccess);
  EXPECT_TRUE(page == Bytes(4096));
}

TEST_F(FatFileTest, NothingIsAskedForWithoutBuffers) {
  EXPECT_EQ(file_->ReadAt(0, ScatterList()), Status::kSuccess);
  EXPECT_EQ(file_->ReadAt(5, std::span<std::byte>()), Status::kSuccess);
  EXPECT_TRUE(mounted_.disk->requests.empty());
}

TEST_F(FatFileTest, EveryOffsetAndLengthReadsTheRightBytes) {
  for (u32 offset = 0; offset < kSize + 600; offset += 97) {
    for (const u32 length : {1u, 2u, 511u, 512u, 513u, 1024u, 2047u, 2048u, 5000u, 9000u}) {
      Bytes bytes(length, std::byte(0xAA));
      ASSERT_EQ(file_->ReadAt(offset, std::span(bytes)), Status::kSuccess);
      ExpectFile(bytes, offset);
    }
  }
}

TEST_F(FatFileTest, EveryScatterListReadsTheRightBytes) {
  const u32 lengths[] = {512, 1, 1024, 511, 512, 300, 2048, 0, 212, 4096, 3};
  for (u32 offset = 0; offset < kSize; offset += 173) {
    Bytes bytes(10'000, std::byte(0xAA));
    std::vector<std::span<std::byte>> list;
    u32 at = 0;
    for (const u32 length : lengths) {
      list.push_back(std::span(bytes).subspan(at, length));
      at += length;
    }
    ASSERT_EQ(file_->ReadAt(offset, ScatterList(list)), Status::kSuccess);
    ExpectFile(std::span(bytes).first(at), offset);
    EXPECT_EQ(bytes[at], std::byte(0xAA));
  }
}

TEST_F(FatFileTest, MoreBuffersThanOneRequestTakesAreSplit) {
  FatImage::Options options;
  options.clusters = 200;
  FatImage image(options);
  std::vector<u32> chain(150);
  std::iota(chain.begin(), chain.end(), 20);
  image.AddFile(kRoot, "A       BIN", chain, 150 * 512, 4);
  Mounted mounted(image);
  auto file = mounted.FileAt("a.bin");
  Bytes bytes(150 * 512);
  std::vector<std::span<std::byte>> list;
  for (u32 i = 0; i < 150; ++i) list.push_back(std::span(bytes).subspan(i * 512, 512));
  ASSERT_EQ(file->ReadAt(0, ScatterList(list)), Status::kSuccess);
  EXPECT_TRUE(bytes == Content(4, 150 * 512));
}

TEST_F(FatFileTest, SectorsAreCountedByKind) {
  Mounted mounted(Image());
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors, 1u);  // The boot sector.
  auto file = mounted.FileAt("a.bin");
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors, 2u);  // The root directory.
  EXPECT_EQ(mounted.volume->Counters().data_sectors, 0u);
  EXPECT_TRUE(ReadWhole(*file).ok());
  EXPECT_EQ(mounted.volume->Counters().metadata_sectors, 3u);  // The FAT.
  EXPECT_EQ(mounted.volume->Counters().data_sectors, 27u);     // 6 clusters and 3 sectors.
  EXPECT_EQ(mounted.disk->SectorsRead(), 30u);
  EXPECT_EQ(mounted.FileAt("a.bin")->Size(), kSize);
  EXPECT_EQ(mounted.disk->SectorsRead(), 30u);
}

TEST_F(FatFileTest, ABadSectorFailsTheReadsThatNeedItAndNoOther) {
  mounted_.disk->bad_sectors.insert(SectorOf(12));
  Bytes bytes(2048);
  EXPECT_EQ(file_->ReadAt(2 * 2048, std::span(bytes)), Status::kCrcError);
  EXPECT_EQ(file_->ReadAt(2 * 2048 + 5, std::span(bytes).first(1)), Status::kCrcError);
  EXPECT_EQ(file_->ReadAt(3 * 2048, std::span(bytes)), Status::kSuccess);
  mounted_.disk->bad_sectors.clear();
  EXPECT_EQ(file_->ReadAt(2 * 2048, std::span(bytes)), Status::kSuccess);
  ExpectFile(bytes, 2 * 2048);
}

}  // namespace
}  // namespace fl::fs
