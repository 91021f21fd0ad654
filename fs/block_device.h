// BlockDevice: what a file system needs of a disk: sectors of 512 bytes by number.
// Seam: declared here; implemented by drivers/ and by the simulated disk of the tests.
#pragma once

#include <cstddef>
#include <span>

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::fs {

/// Memory that one transfer fills, piece after piece in disk order.
using ScatterList = std::span<const std::span<std::byte>>;
/// Memory that one transfer takes from, piece after piece in disk order.
using GatherList = std::span<const std::span<const std::byte>>;

class BlockDevice {
 public:
  virtual Lba SectorCount() const = 0;
  /// Fills `buffers` from consecutive sectors; the length of each buffer is a multiple of kSectorSize.
  /// The calling thread may sleep; others run. A failure leaves the buffers' bytes undefined.
  virtual Status Read(Lba first, ScatterList buffers) = 0;
  /// The other way round. A failure leaves any of the sectors written or not; kMediaWriteProtected
  /// none. May sleep.
  virtual Status Write(Lba first, GatherList buffers) = 0;
  /// What has been written outlasts a loss of power. May sleep.
  virtual Status Flush() = 0;

 protected:
  ~BlockDevice() = default;
};

}  // namespace fl::fs
