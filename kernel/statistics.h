// Statistics: what a run cost, as one JSON object for the host (runpe --stats). Field names are documented in
// README.md.
#pragma once

#include "drivers/ata_disk.h"
#include "kernel/kernel.h"

namespace fl::kernel {

/// Frames and commit as they are when no program runs.
struct Baseline {
  u32 available_frames = 0;
  u32 committed = 0;
  u32 heap_bytes = 0;
};
Baseline TakeBaseline(Kernel& kernel);

/// `before`: taken before the first program started. `disk` may be null.
void ReportStatistics(Kernel& kernel, const Baseline& before, const drivers::AtaDisk* disk);

}  // namespace fl::kernel
