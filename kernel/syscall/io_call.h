// IoCall: what NtReadFile, NtWriteFile and the control calls have in common: whom they tell of their end.
// Arguments:   (file, event, routine, context, status block, ...)
#pragma once

#include "kernel/file_object.h"
#include "kernel/syscall/system_calls.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// Into `notice`, for a call on `file` with those first arguments; the status block can be written.
Status PrepareNotice(const SystemCall& call, FileObject& file, IoNotice& notice);
/// The call's operation has ended, or pends: tells what there is to tell; what the call answers.
Status EndIoCall(const SystemCall& call, FileObject& file, IoNotice& notice, Status status,
                 u32 information);

}  // namespace fl::kernel
