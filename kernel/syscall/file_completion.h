// FileCompletion: the classes of NtSetInformationFile by which a completion port is told of a file's operations.
#pragma once

#include "kernel/file_object.h"
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

inline constexpr u32 kFileCompletionInformation = 30;
inline constexpr u32 kFileCompletionModeInformation = 41;

bool IsCompletionClass(u32 information_class);
Status SetFileCompletion(const SystemCall& call, FileObject& file);

}  // namespace fl::kernel
