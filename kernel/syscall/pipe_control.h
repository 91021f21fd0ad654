// PipeControl: what handles to the place of pipes' names are asked.
#pragma once

#include "kernel/syscall/system_calls.h"
#include "kernel/unicode.h"

namespace fl::kernel {

inline constexpr u32 kWaitForPipe = 0x110018;  // FSCTL_PIPE_WAIT
Status WaitForPipe(const SystemCall& call);

}  // namespace fl::kernel
