// AtaIdentity: what a drive says about itself in answer to IDENTIFY DEVICE.
// Source: ATA/ATAPI-6, 8.15.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/base/result.h"
#include "kernel/base/units.h"

namespace fl::drivers {

struct AtaIdentity {
  u64 sectors = 0;
  bool lba48 = false;
  bool dma = false;      ///< A DMA mode is selected in the drive (by firmware).
  u8 block_sectors = 1;  ///< The most that one interrupt of programmed I/O may announce.
  char model[41] = {};
};

/// kBadDeviceType: a drive that this driver cannot use (no LBA, other sectors than 512 bytes, no
/// capacity, no hard disk).
Result<AtaIdentity> ParseAtaIdentity(std::span<const std::byte, kSectorSize> data);

}  // namespace fl::drivers
