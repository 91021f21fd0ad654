// MonitorCommands: what the monitor can be asked; `help` lists it. tools/gdb/faultline.py answers the same
// questions in gdb.
#pragma once

#include <string_view>

#include "kernel/base/units.h"

namespace fl::kernel {

enum class MonitorAnswer : u8 { kAsk, kContinue };

/// `line` is a command and its arguments.
MonitorAnswer RunMonitorCommand(std::string_view line);

}  // namespace fl::kernel
