// VolumeSystem: the kernel's clock and scheduler as a file system sees them.
#pragma once

#include "fs/system.h"

namespace fl::kernel {

class Clock;
class Scheduler;

class VolumeSystem final : public fs::System {
 public:
  VolumeSystem(Clock& clock, Scheduler& scheduler) : clock_(clock), scheduler_(scheduler) {}

  u64 Now() override;
  void Sleep(const void* channel) override;
  void WakeAll(const void* channel) override;

 private:
  Clock& clock_;
  Scheduler& scheduler_;
};

}  // namespace fl::kernel
