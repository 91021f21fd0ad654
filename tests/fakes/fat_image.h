// FatImage: writes FAT volumes byte by byte for tests, right ones and wrong ones.
// It shares no code and no structure with fs/fat: where both agree, two readings of the format
// agree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fl::test {

/// The byte at `offset` of the file with this seed; a misplaced cluster or sector shows.
std::byte ContentByte(std::uint32_t seed, std::uint64_t offset);
std::vector<std::byte> Content(std::uint32_t seed, std::uint64_t size);

class FatImage {
 public:
  struct Options {
    int width = 12;  ///< 12, 16 or 32.
    std::uint32_t clusters = 100;
    std::uint32_t sectors_per_cluster = 1;
    std::uint32_t reserved = 1;
    std::uint32_t fats = 2;
    std::uint32_t root_entries = 64;  ///< FAT32: none; its root is cluster 2.
  };
  /// 0 names the root directory, of whatever width.
  static constexpr std::uint32_t kRoot = 0;

  explicit FatImage(const Options& options);

  void Put8(std::size_t offset, std::uint32_t value) { bytes[offset] = std::byte(value); }
  void Put16(std::size_t offset, std::uint32_t value);
  void Put32(std::size_t offset, std::uint32_t value);
  std::uint32_t Get(std::size_t offset, int length) const;

  /// Writes the entry of `cluster` to every FAT.
  void SetFat(std::uint32_t cluster, std::uint32_t value);
  std::uint32_t GetFat(std::uint32_t cluster) const;
  std::uint32_t EndMark() const { return width == 12 ? 0xFFF : width == 16 ? 0xFFFF : 0x0FFFFFFF; }
  std::uint32_t BadMark() const { return EndMark() - 8; }
  /// Links these clusters in this order.
  void Chain(const std::vector<std::uint32_t>& clusters);
  std::size_t FatOffset() const { return reserved * 512; }
  std::size_t RootOffset() const { return (reserved + fats * fat_sectors) * 512; }
  std::size_t ClusterOffset(std::uint32_t cluster) const;
  std::size_t ClusterBytes() const { return sectors_per_cluster * 512; }

  /// Writes an entry to the first free place of the directory that begins at cluster `directory`;
  /// returns its offset in the image. `short_name`: eleven characters.
  std::size_t AddEntry(std::uint32_t directory, std::string_view short_name, int attributes,
                       std::uint32_t cluster, std::uint32_t size);
  /// The entries of a long name for the short name that is added next; returns the first one's
  /// offset.
  std::size_t AddLongName(std::uint32_t directory, const std::u16string& name,
                          std::string_view short_name);
  /// A file with Content(seed, size) in these clusters.
  std::size_t AddFile(std::uint32_t directory, std::string_view short_name,
                      const std::vector<std::uint32_t>& clusters, std::uint32_t size,
                      std::uint32_t seed);
  /// An empty directory with "." and "..".
  std::size_t AddDirectory(std::uint32_t directory, std::string_view short_name,
                           const std::vector<std::uint32_t>& clusters);

  int width;
  std::uint32_t clusters;
  std::uint32_t sectors_per_cluster;
  std::uint32_t reserved;
  std::uint32_t fats;
  std::uint32_t root_entries;
  std::uint32_t fat_sectors;
  std::uint32_t data_start;
  std::vector<std::byte> bytes;

 private:
  std::size_t FreeSlot(std::uint32_t directory);
};

/// What the parts of a long name carry of the short name.
std::uint8_t LongNameChecksum(std::string_view short_name);

}  // namespace fl::test
