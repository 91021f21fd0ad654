// MemoryDisk: see memory_disk.h.
#include "tests/fakes/memory_disk.h"

#include <algorithm>

#include "kernel/base/assert.h"

namespace fl::test {

Status MemoryDisk::Read(Lba first, fs::ScatterList buffers) {
  u64 sectors = 0;
  for (const auto buffer : buffers) {
    KASSERT(!buffer.empty() && buffer.size() % kSectorSize == 0);
    sectors += buffer.size() / kSectorSize;
    // Whoever looks at the bytes before they have arrived, or after a failure, sees these.
    std::ranges::fill(buffer, std::byte(0xEE));
  }
  KASSERT(sectors != 0);
  KASSERT(first <= SectorCount() && sectors <= SectorCount() - first);
  requests.push_back({first.value, sectors, buffers.size()});
  const bool fails = reads_until_failure != 0 && --reads_until_failure == 0;
  if (during_read) during_read(first);
  if (fails || dead) return Status::kIoDeviceError;
  const auto bad = bad_sectors.lower_bound(first.value);
  if (bad != bad_sectors.end() && *bad < first.value + sectors) return Status::kCrcError;
  const std::byte* from = bytes.data() + first.value * kSectorSize;
  for (const auto buffer : buffers) {
    std::copy_n(from, buffer.size(), buffer.data());
    from += buffer.size();
  }
  return Status::kSuccess;
}

Status MemoryDisk::Write(Lba first, fs::GatherList buffers) {
  u64 sectors = 0;
  for (const auto buffer : buffers) {
    KASSERT(!buffer.empty() && buffer.size() % kSectorSize == 0);
    sectors += buffer.size() / kSectorSize;
  }
  KASSERT(sectors != 0);
  KASSERT(first <= SectorCount() && sectors <= SectorCount() - first);
  writes.push_back({first.value, sectors, buffers.size()});
  if (before_write) before_write(first, sectors);
  if (write_protected) return Status::kMediaWriteProtected;
  const bool fails = writes_until_failure != 0 && --writes_until_failure == 0;
  if (during_write) during_write(first);
  if (dead) return Status::kIoDeviceError;
  if (!fails || failed_write == FailedWrite::kEverything) {
    std::byte* to = bytes.data() + first.value * kSectorSize;
    for (const auto buffer : buffers) to = std::copy(buffer.begin(), buffer.end(), to);
  }
  dead = dead || (fails && stays_dead);
  return fails ? Status::kIoDeviceError : Status::kSuccess;
}

Status MemoryDisk::Flush() {
  ++flushes;
  return dead ? Status::kIoDeviceError : Status::kSuccess;
}

u64 MemoryDisk::SectorsRead() const {
  u64 sum = 0;
  for (const Request& request : requests) sum += request.sectors;
  return sum;
}

}  // namespace fl::test
