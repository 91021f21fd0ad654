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

class BlockDevice {
 public:
  virtual Lba SectorCount() const = 0;
  /// Fills `buffers` from consecutive sectors; the length of each buffer is a multiple of kSectorSize.
  /// The calling thread may sleep; others run. A failure leaves the buffers' bytes undefined.
  virtual Status Read(Lba first, ScatterList buffers) = 0;

 protected:
  ~BlockDevice() = default;
};

}  // namespace fl::fs
