// Where a disk keeps its FAT volume.
#include "fs/partition.h"

#include <random>

#include "tests/fs/fs_test_support.h"

namespace fl::fs {
namespace {

using namespace test;

FatImage Sample() {
  FatImage image(FatImage::Options{});
  image.AddFile(kRoot, "A       BIN", {5}, 300, 1);
  return image;
}

/// A disk whose first sector is a partition table, all empty.
class PartitionedDisk {
 public:
  explicit PartitionedDisk(u32 sectors) : bytes(sectors * 512) {
    bytes[510] = std::byte(0x55);
    bytes[511] = std::byte(0xAA);
  }
  PartitionedDisk& Entry(u32 index, u8 type, u32 start, u32 sectors, u8 flag = 0) {
    std::byte* entry = &bytes[446 + index * 16];
    entry[0] = std::byte(flag);
    entry[4] = std::byte(type);
    for (u32 i = 0; i < 4; ++i) {
      entry[8 + i] = std::byte(start >> (8 * i));
      entry[12 + i] = std::byte(sectors >> (8 * i));
    }
    return *this;
  }
  PartitionedDisk& Put(u32 start, const Bytes& content) {
    std::ranges::copy(content, bytes.begin() + start * 512);
    return *this;
  }
  Bytes bytes;
};

Result<PartitionRange> Find(const Bytes& bytes, MountError* error = nullptr) {
  MemoryDisk disk(bytes);
  return FindFatVolume(disk, error);
}

TEST(Partition, AVolumeWithoutPartitionsIsTheWholeDisk) {
  Bytes bytes = Sample().bytes;
  bytes.resize(bytes.size() + 5 * 512);
  const auto range = Find(bytes);
  ASSERT_EQ(range.status(), Status::kSuccess);
  EXPECT_EQ(range->start, Lba(0));
  EXPECT_EQ(range->sectors, bytes.size() / 512);
}

TEST(Partition, TheFirstFatPartitionIsFoundAndMounted) {
  const Bytes volume = Sample().bytes;
  const u32 sectors = u32(volume.size() / 512);
  PartitionedDisk disk(400);
  disk.Entry(0, 0x83, 10, 20).Entry(1, 0x0F, 40, 20).Entry(3, 0x0E, 63, sectors, 0x80);
  disk.Put(63, volume);
  MemoryDisk memory(disk.bytes);
  const auto range = FindFatVolume(memory, nullptr);
  ASSERT_EQ(range.status(), Status::kSuccess);
  EXPECT_EQ(*range, (PartitionRange{Lba(63), sectors}));
  PartitionView view(memory, *range);
  auto mounted = fat::FatVolume::Mount(view, 1, plain_system, nullptr);
  ASSERT_TRUE(mounted.ok());
  ExpectContent(**mounted, "a.bin", 1, 300);
}

TEST(Partition, AViewNeverLeavesItsRange) {
  MemoryDisk disk(Bytes(100 * 512));
  for (u32 i = 0; i < 100; ++i) disk.bytes[i * 512] = std::byte(i);
  PartitionView view(disk, {Lba(10), 20});
  EXPECT_EQ(view.SectorCount(), Lba(20));
  Bytes two(2 * 512);
  const std::span<std::byte> one[] = {two};
  EXPECT_EQ(view.Read(Lba(18), one), Status::kSuccess);
  EXPECT_EQ(two[0], std::byte(28));
  EXPECT_EQ(two[512], std::byte(29));
  disk.Forget();
  EXPECT_EQ(view.Read(Lba(19), one), Status::kInvalidParameter);
  EXPECT_EQ(view.Read(Lba(20), one), Status::kInvalidParameter);
  EXPECT_EQ(view.Read(Lba(~u64(0)), one), Status::kInvalidParameter);
  EXPECT_TRUE(disk.requests.empty());
}

TEST(Partition, PartitionsOutsideTheDiskAreRefused) {
  const u32 starts[] = {0, 100, 90, 0xFFFFFFFF, 1};
  const u32 sizes[] = {100, 1, 11, 0xFFFFFFFF, 0xFFFFFFFF};
  for (int i = 0; i < 5; ++i) {
    MountError error;
    const auto range = Find(PartitionedDisk(100).Entry(0, 6, starts[i], sizes[i]).bytes, &error);
    EXPECT_EQ(range.status(), Status::kUnrecognizedVolume) << i;
    EXPECT_EQ(std::string(error.reason), "a partition lies outside the disk") << i;
  }
}

TEST(Partition, APartitionSmallerThanItsVolumeIsRefused) {
  const Bytes volume = Sample().bytes;
  PartitionedDisk disk(400);
  disk.Entry(0, 1, 63, u32(volume.size() / 512) - 1).Put(63, volume);
  MountError error;
  EXPECT_EQ(Find(disk.bytes, &error).status(), Status::kUnrecognizedVolume);
  EXPECT_EQ(std::string(error.reason), "the volume is larger than its disk");
}

TEST(Partition, AGuidPartitionTableIsNamed) {
  MountError error;
  EXPECT_EQ(Find(PartitionedDisk(100).Entry(0, 0xEE, 1, 99).bytes, &error).status(),
            Status::kUnrecognizedVolume);
  EXPECT_NE(std::string(error.reason).find("GUID"), std::string::npos);
}

TEST(Partition, ACorruptVolumeWithoutPartitionsIsToldAsSuch) {
  FatImage image = Sample();
  image.Put8(16, 0);
  MountError error;
  EXPECT_EQ(Find(image.bytes, &error).status(), Status::kDiskCorrupt);
  EXPECT_EQ(std::string(error.reason), "the volume has no FAT");
}

TEST(Partition, EmptyAndUnreadableDisksAreRefused) {
  MountError error;
  EXPECT_EQ(Find({}, &error).status(), Status::kUnrecognizedVolume);
  EXPECT_EQ(Find(Bytes(512), &error).status(), Status::kUnrecognizedVolume);
  MemoryDisk disk(PartitionedDisk(100).Entry(0, 6, 10, 20).bytes);
  disk.bad_sectors.insert(10);
  EXPECT_EQ(FindFatVolume(disk, &error).status(), Status::kCrcError);
  disk.bad_sectors.insert(0);
  EXPECT_EQ(FindFatVolume(disk, &error).status(), Status::kCrcError);
  // The sector is read once as a volume's and once as a table's.
  disk.bad_sectors.clear();
  disk.reads_until_failure = 2;
  EXPECT_EQ(FindFatVolume(disk, &error).status(), Status::kIoDeviceError);
  EXPECT_STREQ(error.reason, "the first sector cannot be read");
}

TEST(Partition, GarbageNeverDoesHarm) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    MemoryDisk disk(Bytes((1 + random() % 5) * 512));
    for (std::byte& byte : disk.bytes) byte = std::byte(random());
    if (round % 2) {
      disk.bytes[510] = std::byte(0x55);
      disk.bytes[511] = std::byte(0xAA);
      for (u32 i = 0; i < 4; ++i) disk.bytes[446 + i * 16] = std::byte(0);
    }
    MountError error;
    EXPECT_EQ(FindFatVolume(disk, &error).status(), Status::kUnrecognizedVolume);
    EXPECT_NE(error.reason[0], '\0');
  }
}

}  // namespace
}  // namespace fl::fs
