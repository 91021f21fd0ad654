// RamDisk: a disk whose sectors are memory, such as a Multiboot module.
// Invariant: the memory outlives the disk and is its alone; bytes after the last whole sector
// are not part of the disk.
#pragma once

#include "fs/block_device.h"

namespace fl::drivers {

class RamDisk final : public fs::BlockDevice {
 public:
  explicit RamDisk(std::span<std::byte> bytes) : bytes_(bytes) {}

  Lba SectorCount() const override { return Lba(bytes_.size() / kSectorSize); }
  Status Read(Lba first, fs::ScatterList buffers) override;
  Status Write(Lba first, fs::GatherList buffers) override;
  Status Flush() override { return Status::kSuccess; }

 private:
  std::span<std::byte> bytes_;
};

}  // namespace fl::drivers
