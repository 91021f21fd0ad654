// FatImage: see fat_image.h.
#include "tests/fakes/fat_image.h"

#include <algorithm>
#include <cstdlib>

namespace fl::test {

using std::size_t;
using std::uint32_t;

std::byte ContentByte(uint32_t seed, std::uint64_t offset) {
  std::uint64_t mixed = (offset + 1) * 0x9E3779B97F4A7C15u + seed * 0xD1B54A32D192ED03u;
  mixed ^= mixed >> 29;
  return std::byte(mixed * 0xBF58476D1CE4E5B9u >> 56);
}

std::vector<std::byte> Content(uint32_t seed, std::uint64_t size) {
  std::vector<std::byte> content(size);
  for (std::uint64_t i = 0; i < size; ++i) content[i] = ContentByte(seed, i);
  return content;
}

std::uint8_t LongNameChecksum(std::string_view short_name) {
  unsigned sum = 0;
  for (const char c : short_name) sum = (((sum & 1) << 7) + (sum >> 1) + std::uint8_t(c)) & 0xFF;
  return std::uint8_t(sum);
}

FatImage::FatImage(const Options& options)
    : width(options.width),
      clusters(options.clusters),
      sectors_per_cluster(options.sectors_per_cluster),
      reserved(options.reserved),
      fats(options.fats),
      root_entries(options.width == 32 ? 0 : options.root_entries) {
  const uint32_t fat_bits = (clusters + 2) * uint32_t(width);
  fat_sectors = (fat_bits + 4095) / 4096;
  data_start = reserved + fats * fat_sectors + (root_entries * 32 + 511) / 512;
  const uint32_t total = data_start + clusters * sectors_per_cluster;
  bytes.resize(size_t(total) * 512);
  Put8(0, 0xEB), Put8(1, 0x58), Put8(2, 0x90);
  std::ranges::transform(std::string_view("FAULTLIN"), bytes.begin() + 3,
                         [](char c) { return std::byte(c); });
  Put16(11, 512);
  Put8(13, sectors_per_cluster);
  Put16(14, reserved);
  Put8(16, fats);
  Put16(17, root_entries);
  if (total < 0x10000 && width != 32) {
    Put16(19, total);
  } else {
    Put32(32, total);
  }
  Put8(21, 0xF8);
  if (width == 32) {
    Put32(36, fat_sectors);
    Put32(44, 2);
  } else {
    Put16(22, fat_sectors);
  }
  Put16(510, 0xAA55);
  SetFat(0, EndMark() - 7);
  SetFat(1, EndMark());
  if (width == 32) Chain({2});
}

void FatImage::Put16(size_t offset, uint32_t value) {
  Put8(offset, value & 0xFF);
  Put8(offset + 1, value >> 8 & 0xFF);
}

void FatImage::Put32(size_t offset, uint32_t value) {
  Put16(offset, value & 0xFFFF);
  Put16(offset + 2, value >> 16);
}

uint32_t FatImage::Get(size_t offset, int length) const {
  uint32_t value = 0;
  for (int i = length; i-- > 0;) value = value << 8 | uint32_t(bytes[offset + size_t(i)]);
  return value;
}

void FatImage::SetFat(uint32_t cluster, uint32_t value) {
  for (uint32_t fat = 0; fat < fats; ++fat) {
    const size_t start = FatOffset() + size_t(fat) * fat_sectors * 512;
    if (width == 32) {
      Put32(start + cluster * 4, value);
    } else if (width == 16) {
      Put16(start + cluster * 2, value);
    } else if (cluster % 2 == 0) {
      const size_t at = start + cluster / 2 * 3;
      Put8(at, value & 0xFF);
      Put8(at + 1, (Get(at + 1, 1) & 0xF0) | value >> 8);
    } else {
      const size_t at = start + cluster / 2 * 3 + 1;
      Put8(at, (Get(at, 1) & 0x0F) | (value & 0xF) << 4);
      Put8(at + 1, value >> 4);
    }
  }
}

uint32_t FatImage::GetFat(uint32_t cluster) const {
  if (width == 32) return Get(FatOffset() + cluster * 4, 4) & 0x0FFFFFFF;
  if (width == 16) return Get(FatOffset() + cluster * 2, 2);
  const uint32_t three = Get(FatOffset() + cluster / 2 * 3, 3);
  return cluster % 2 == 0 ? three & 0xFFF : three >> 12;
}

void FatImage::Chain(const std::vector<uint32_t>& chain) {
  for (size_t i = 0; i < chain.size(); ++i) {
    SetFat(chain[i], i + 1 < chain.size() ? chain[i + 1] : EndMark());
  }
}

size_t FatImage::ClusterOffset(uint32_t cluster) const {
  return (data_start + size_t(cluster - 2) * sectors_per_cluster) * 512;
}

size_t FatImage::FreeSlot(uint32_t directory) {
  const auto find = [&](size_t start, size_t length) -> size_t {
    for (size_t at = start; at < start + length; at += 32) {
      if (bytes[at] == std::byte(0)) return at;
    }
    return 0;
  };
  if (directory == kRoot && width != 32) {
    if (const size_t at = find(RootOffset(), root_entries * 32)) return at;
    std::abort();
  }
  uint32_t cluster = directory == kRoot ? 2 : directory;
  while (true) {
    if (const size_t at = find(ClusterOffset(cluster), ClusterBytes())) return at;
    if (GetFat(cluster) >= EndMark() - 7) std::abort();
    cluster = GetFat(cluster);
  }
}

size_t FatImage::AddEntry(uint32_t directory, std::string_view short_name, int attributes,
                          uint32_t cluster, uint32_t size) {
  if (short_name.size() != 11) std::abort();
  const size_t at = FreeSlot(directory);
  for (size_t i = 0; i < 11; ++i) bytes[at + i] = std::byte(short_name[i]);
  Put8(at + 11, uint32_t(attributes));
  Put16(at + 20, cluster >> 16);
  Put16(at + 26, cluster & 0xFFFF);
  Put32(at + 28, size);
  return at;
}

size_t FatImage::AddLongName(uint32_t directory, const std::u16string& name,
                             std::string_view short_name) {
  constexpr int kPlaces[] = {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30};
  const size_t parts = (name.size() + 12) / 13;
  size_t first = 0;
  for (size_t part = parts; part > 0; --part) {
    const size_t at = FreeSlot(directory);
    if (part == parts) first = at;
    Put8(at, uint32_t(part | (part == parts ? 0x40 : 0)));
    Put8(at + 11, 0x0F);
    Put8(at + 13, LongNameChecksum(short_name));
    for (size_t i = 0; i < 13; ++i) {
      const size_t unit = (part - 1) * 13 + i;
      const uint32_t value = unit < name.size() ? name[unit] : unit == name.size() ? 0 : 0xFFFF;
      Put16(at + size_t(kPlaces[i]), value);
    }
  }
  return first;
}

size_t FatImage::AddFile(uint32_t directory, std::string_view short_name,
                         const std::vector<uint32_t>& chain, uint32_t size, uint32_t seed) {
  Chain(chain);
  const size_t cluster_bytes = ClusterBytes();
  for (size_t i = 0; i < chain.size(); ++i) {
    const size_t at = ClusterOffset(chain[i]);
    for (size_t j = 0; j < cluster_bytes; ++j) {
      // What lies behind the end of the file is no part of it.
      const size_t offset = i * cluster_bytes + j;
      bytes[at + j] = offset < size ? ContentByte(seed, offset) : std::byte(0xDD);
    }
  }
  return AddEntry(directory, short_name, 0x20, chain.empty() ? 0 : chain[0], size);
}

size_t FatImage::AddDirectory(uint32_t directory, std::string_view short_name,
                              const std::vector<uint32_t>& chain) {
  Chain(chain);
  for (const uint32_t cluster : chain) {
    std::fill_n(bytes.begin() + std::ptrdiff_t(ClusterOffset(cluster)), ClusterBytes(),
                std::byte(0));
  }
  AddEntry(chain[0], ".          ", 0x10, chain[0], 0);
  AddEntry(chain[0], "..         ", 0x10, directory, 0);
  return AddEntry(directory, short_name, 0x10, chain[0], 0);
}

}  // namespace fl::test
