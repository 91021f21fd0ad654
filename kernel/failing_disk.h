// FailingDisk: a disk whose reads and writes can be made to fail, between the volume and the driver.
#pragma once

#include "fs/block_device.h"
#include "kernel/base/fail_point.h"

namespace fl::kernel {

class FailingDisk final : public fs::BlockDevice {
 public:
  /// Both outlive this.
  FailingDisk(fs::BlockDevice& disk, FailPoint& point) : disk_(disk), point_(point) {}

  Lba SectorCount() const override { return disk_.SectorCount(); }
  Status Read(Lba first, fs::ScatterList buffers) override {
    // As a drive answers that finds a sector unreadable.
    return point_.Fails() ? Status::kIoDeviceError : disk_.Read(first, buffers);
  }
  Status Write(Lba first, fs::GatherList buffers) override {
    return point_.Fails() ? Status::kIoDeviceError : disk_.Write(first, buffers);
  }
  Status Flush() override { return disk_.Flush(); }

 private:
  fs::BlockDevice& disk_;
  FailPoint& point_;
};

}  // namespace fl::kernel
