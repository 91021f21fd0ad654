// System information: classes of NtQuerySystemInformation that have a file of their own.
#pragma once

#include "kernel/base/status.h"
#include "kernel/base/units.h"

namespace fl::kernel {

/// SystemProcessInformation.
Status AnswerProcesses(u32 out, u32 length, u32 returned);

}  // namespace fl::kernel
