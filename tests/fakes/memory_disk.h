// MemoryDisk: a disk in memory that counts, fails where it is told to, and lets a test act in the
// middle of a read.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <vector>

#include "fs/block_device.h"

namespace fl::test {

class MemoryDisk final : public fs::BlockDevice {
 public:
  struct Request {
    u64 first;
    u64 sectors;
    std::size_t buffers;
    bool operator==(const Request&) const = default;
  };

  explicit MemoryDisk(std::vector<std::byte> content) : bytes(std::move(content)) {}

  Lba SectorCount() const override { return Lba(bytes.size() / kSectorSize); }
  Status Read(Lba first, fs::ScatterList buffers) override;

  /// All sectors read so far.
  u64 SectorsRead() const;
  void Forget() { requests.clear(); }

  std::vector<std::byte> bytes;
  std::vector<Request> requests;
  std::set<u64> bad_sectors;
  u32 reads_until_failure = 0;  ///< The n-th read from now on fails; 0: none.
  /// Called during every read, before its bytes arrive; reads that it causes call it too.
  std::function<void(Lba first)> during_read;
};

}  // namespace fl::test
