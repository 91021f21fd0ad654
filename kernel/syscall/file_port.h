// FilePort: the classes of NtSetInformationFile by which a completion port is told of a file's operations.
#pragma once

#include "kernel/file_object.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

/// FileCompletionInformation. kInvalidParameter for a file that is bound already, or open for synchronous use.
Status BindToPort(const SystemCall& call, FileObject& file);
/// FileIoCompletionNotificationInformation.
Status SetPortModes(const SystemCall& call, FileObject& file);

}  // namespace fl::kernel
