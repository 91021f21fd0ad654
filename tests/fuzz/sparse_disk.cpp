// SparseDisk: see sparse_disk.h.
#include "tests/fuzz/sparse_disk.h"

#include <algorithm>
#include <cstring>

#include "kernel/base/assert.h"

namespace fl::fuzz {
namespace {

/// No walk that ends comes near.
constexpr u64 kEndless = 50'000'000;

u32 Take32(std::span<const u8>& bytes) {
  u32 value = 0;
  const std::size_t length = std::min<std::size_t>(4, bytes.size());
  for (std::size_t i = 0; i < length; ++i) value |= u32(bytes[i]) << (8 * i);
  bytes = bytes.subspan(length);
  return value;
}

void Put32(std::vector<u8>& bytes, u32 value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(u8(value >> (8 * i)));
}

}  // namespace

SparseDisk::SparseDisk(std::span<const u8> description) {
  sector_count_ = 1 + Take32(description) % kMostSectors;
  while (!description.empty()) {
    const u32 number = Take32(description) % sector_count_;
    const std::size_t length = std::min<std::size_t>(kSectorSize, description.size());
    listed_[number] = description.first(length);
    description = description.subspan(length);
  }
}

Status SparseDisk::Read(Lba first, fs::ScatterList buffers) {
  u64 at = first.value;
  for (std::span<std::byte> buffer : buffers) {
    KASSERT(!buffer.empty() && buffer.size() % kSectorSize == 0);
    for (; !buffer.empty(); buffer = buffer.subspan(kSectorSize), ++at) {
      KASSERT(at < sector_count_);
      std::memset(buffer.data(), 0, kSectorSize);
      const auto listed = listed_.find(at);
      const auto written = written_.find(at);
      if (written != written_.end()) {
        std::memcpy(buffer.data(), written->second.data(), kSectorSize);
      } else if (listed != listed_.end() && !listed->second.empty()) {
        std::memcpy(buffer.data(), listed->second.data(), listed->second.size());
      }
      KASSERT(++sectors_moved_ < kEndless);
    }
  }
  return Status::kSuccess;
}

Status SparseDisk::Write(Lba first, fs::GatherList buffers) {
  u64 at = first.value;
  for (std::span<const std::byte> buffer : buffers) {
    KASSERT(!buffer.empty() && buffer.size() % kSectorSize == 0);
    for (; !buffer.empty(); buffer = buffer.subspan(kSectorSize), ++at) {
      KASSERT(at < sector_count_);
      written_[at].assign(buffer.begin(), buffer.begin() + kSectorSize);
      KASSERT(++sectors_moved_ < kEndless);
    }
  }
  return Status::kSuccess;
}

std::vector<u8> SparseDisk::Describe(std::span<const std::byte> disk) {
  std::vector<u8> description;
  const u32 sectors = u32(disk.size() / kSectorSize);
  Put32(description, sectors - 1);
  for (u32 i = 0; i < sectors; ++i) {
    const auto sector = disk.subspan(i * std::size_t(kSectorSize), kSectorSize);
    if (std::ranges::all_of(sector, [](std::byte byte) { return byte == std::byte(0); })) continue;
    Put32(description, i);
    for (const std::byte byte : sector) description.push_back(u8(byte));
  }
  return description;
}

}  // namespace fl::fuzz
