// MemoryDisk: a disk in memory that counts, fails where it is told to, and lets a test act in the
// middle of a transfer.
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
  /// What a write that fails has done to the disk.
  enum class FailedWrite { kNothing, kEverything };

  explicit MemoryDisk(std::vector<std::byte> content) : bytes(std::move(content)) {}

  Lba SectorCount() const override { return Lba(bytes.size() / kSectorSize); }
  Status Read(Lba first, fs::ScatterList buffers) override;
  Status Write(Lba first, fs::GatherList buffers) override;
  Status Flush() override;

  /// All sectors read so far.
  u64 SectorsRead() const;
  void Forget() {
    requests.clear();
    writes.clear();
  }

  std::vector<std::byte> bytes;
  std::vector<Request> requests;  ///< Reads.
  std::vector<Request> writes;
  std::set<u64> bad_sectors;
  u32 reads_until_failure = 0;   ///< The n-th read from now on fails; 0: none.
  u32 writes_until_failure = 0;  ///< The n-th write from now on fails; 0: none.
  FailedWrite failed_write = FailedWrite::kNothing;
  bool stays_dead = false;  ///< After the write that fails nothing works any more.
  bool dead = false;
  bool write_protected = false;
  u32 flushes = 0;
  /// Called during every transfer, before its bytes arrive; transfers that it causes call it too.
  std::function<void(Lba first)> during_read;
  std::function<void(Lba first)> during_write;
  /// Called before a write changes anything.
  std::function<void(Lba first, u64 sectors)> before_write;
};

}  // namespace fl::test
