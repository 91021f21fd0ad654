// Statistics: what a run cost, as one JSON object for the host (runpe --stats). Field names are documented in
// README.md.
#pragma once

#include "drivers/ata_disk.h"
#include "kernel/kernel.h"
#include "kernel/series.h"

namespace fl::kernel {

/// `series`: has run. `disk` may be null.
void ReportStatistics(Kernel& kernel, const Series& series, const drivers::AtaDisk* disk);

}  // namespace fl::kernel
