// RamDisk: transfers are copies.
#include "drivers/ram_disk.h"

#include <algorithm>

#include "drivers/scatter_cursor.h"
#include "kernel/base/checked_math.h"

namespace fl::drivers {

Status RamDisk::Read(Lba first, fs::ScatterList buffers) {
  const u64 sectors = ScatterCursor(buffers).sectors_left();
  if (!FitsWithin(first.value, sectors, SectorCount().value)) return Status::kInvalidParameter;
  std::span<const std::byte> rest = bytes_.subspan(std::size_t(first.value) * kSectorSize);
  for (std::span<std::byte> buffer : buffers) {
    std::copy_n(rest.begin(), buffer.size(), buffer.begin());
    rest = rest.subspan(buffer.size());
  }
  return Status::kSuccess;
}

Status RamDisk::Write(Lba first, fs::GatherList buffers) {
  const u64 sectors = GatherCursor(buffers).sectors_left();
  if (!FitsWithin(first.value, sectors, SectorCount().value)) return Status::kInvalidParameter;
  std::span<std::byte> rest = bytes_.subspan(std::size_t(first.value) * kSectorSize);
  for (std::span<const std::byte> buffer : buffers) {
    std::copy(buffer.begin(), buffer.end(), rest.begin());
    rest = rest.subspan(buffer.size());
  }
  return Status::kSuccess;
}

}  // namespace fl::drivers
