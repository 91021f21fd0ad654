// PipeCalls: what the calls on files do with pipes.
#pragma once

#include "kernel/pipe/pipe_transfer.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

/// NtReadFile, NtWriteFile.
Status TransferPipe(const SystemCall& call, PipeEnd& end, PipeDirection direction);
/// NtFsControlFile.
Status ControlPipe(const SystemCall& call, PipeEnd& end);
/// NtQueryInformationFile.
Status QueryPipe(const SystemCall& call, PipeEnd& end);
/// FilePipeInformation.
Status SetPipe(const SystemCall& call, PipeEnd& end);

}  // namespace fl::kernel
