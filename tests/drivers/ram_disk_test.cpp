// The RAM disk: copies, and the end of the disk.
#include "drivers/ram_disk.h"

#include <gtest/gtest.h>

#include <vector>

namespace fl::drivers {
namespace {

struct RamDiskTest : testing::Test {
  RamDiskTest() : bytes(4 * 512 + 100) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(i / 512 + 1);
  }
  std::vector<std::byte> bytes;
  RamDisk disk{bytes};
};

TEST_F(RamDiskTest, CountsWholeSectors) { EXPECT_EQ(disk.SectorCount().value, 4u); }

TEST_F(RamDiskTest, FillsBuffersInOrder) {
  std::vector<std::byte> a(512), b(1024);
  const std::span<std::byte> list[] = {a, {}, b};
  ASSERT_EQ(disk.Read(Lba(1), list), Status::kSuccess);
  EXPECT_EQ(a[0], std::byte(2));
  EXPECT_EQ(a[511], std::byte(2));
  EXPECT_EQ(b[0], std::byte(3));
  EXPECT_EQ(b[1023], std::byte(4));
}

TEST_F(RamDiskTest, RefusesWhatIsBeyondTheEnd) {
  std::vector<std::byte> a(1024);
  const std::span<std::byte> list[] = {a};
  EXPECT_EQ(disk.Read(Lba(2), list), Status::kSuccess);
  EXPECT_EQ(disk.Read(Lba(3), list), Status::kInvalidParameter);
  EXPECT_EQ(disk.Read(Lba(4), list), Status::kInvalidParameter);
  EXPECT_EQ(disk.Read(Lba(~u64(0)), list), Status::kInvalidParameter);
}

TEST_F(RamDiskTest, KeepsWhatIsWritten) {
  const std::vector<std::byte> a(512, std::byte(7)), b(1024, std::byte(8));
  const std::span<const std::byte> list[] = {a, {}, b};
  ASSERT_EQ(disk.Write(Lba(1), list), Status::kSuccess);
  EXPECT_EQ(bytes[511], std::byte(1));
  EXPECT_EQ(bytes[512], std::byte(7));
  EXPECT_EQ(bytes[1024], std::byte(8));
  EXPECT_EQ(bytes[2047], std::byte(8));
  EXPECT_EQ(disk.Write(Lba(2), list), Status::kInvalidParameter);
  EXPECT_EQ(disk.Flush(), Status::kSuccess);
}

TEST_F(RamDiskTest, ReadsNothingAtTheEnd) { EXPECT_EQ(disk.Read(Lba(4), {}), Status::kSuccess); }

}  // namespace
}  // namespace fl::drivers
