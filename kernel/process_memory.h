// ProcessMemory: the memory of a process that need not be the current one, byte by byte as its own threads would
// see it: pages come in, are zeroed and copied as by their faults.
// Invariants:  as with user_memory.h every range is checked, every touch may sleep and fail. Guard pages and
//              protections hold: what the process could not do itself, nobody does for it.
#pragma once

#include "kernel/process.h"

namespace fl::kernel {

/// How many bytes were copied: all, unless `status` says why no more. kProcessIsTerminating if the process has given
/// its memory back.
struct MemoryCopy {
  u32 copied = 0;
  Status status = Status::kSuccess;
};
MemoryCopy CopyFromProcess(Process& process, u32 address, std::span<std::byte> out);
MemoryCopy CopyToProcess(Process& process, u32 address, std::span<const std::byte> bytes);

}  // namespace fl::kernel
