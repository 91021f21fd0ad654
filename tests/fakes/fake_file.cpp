// FakeFile: see fake_file.h.
#include "tests/fakes/fake_file.h"

#include <algorithm>

namespace fl::test {

Status FakeFile::ReadAt(u64 offset, fs::ScatterList buffers) {
  ++reads;
  // Until the disk has answered the buffers hold anything.
  for (const std::span<std::byte> buffer : buffers) {
    for (std::byte& byte : buffer) byte = std::byte(0xEE);
  }
  if (during_read) during_read();
  if (fail_read != 0 && --fail_read == 0) return fail_status;
  for (const std::span<std::byte> buffer : buffers) {
    for (std::byte& byte : buffer) {
      byte = offset < bytes_.size() ? bytes_[offset] : std::byte(0);
      ++offset;
    }
    bytes_read += buffer.size();
  }
  return Status::kSuccess;
}

Status FakeFile::WriteAt(u64 offset, fs::GatherList buffers) {
  ++writes;
  if (during_read) during_read();
  if (fail_write != 0 && --fail_write == 0) return fail_status;
  for (const std::span<const std::byte> buffer : buffers) {
    if (bytes_.size() < offset + buffer.size()) bytes_.resize(offset + buffer.size());
    std::copy(buffer.begin(), buffer.end(), bytes_.begin() + std::ptrdiff_t(offset));
    offset += buffer.size();
  }
  return Status::kSuccess;
}

Status FakeFile::Reserve(u64 size) {
  if (size > most) return Status::kDiskFull;
  reserved = size;
  return Status::kSuccess;
}

Status FakeFile::SetSize(u64 size) {
  if (fail_write != 0 && --fail_write == 0) return fail_status;
  bytes_.resize(size);
  return Status::kSuccess;
}

Status FakeFile::SetBasic(const fs::BasicInformation& change) {
  if (fail_write != 0 && --fail_write == 0) return fail_status;
  basic = change;
  return Status::kSuccess;
}

Bytes PatternBytes(std::size_t count, u32 seed) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    u32 x = u32(i) * 0x9E3779B1u + seed * 0x85EBCA6Bu;
    x ^= x >> 15;
    bytes[i] = std::byte(x * 0x2C1B3C6Du >> 24);
  }
  return bytes;
}

}  // namespace fl::test
