// ProcessEnvironment: the memory that a program finds set up: PEB, process parameters, and the first
// thread's stack and TEB (user_thread.h).
// Source: offsets and values as published for NT (winternl.h, phnt) and as Wine 8's ntdll reads them.
// Invariants:  the parameters are an allocation of their own, normalised; TEB and PEB have a second page
//              each, which user mode uses.
#pragma once

#include "kernel/program_start.h"

namespace fl::kernel {

struct ProgramImage {
  const pe::ImageLayout& layout;
  VirtAddr base;
  VirtAddr api_sets;  ///< PEB.ApiSetMap; may be null.
};

/// Builds all of it in the current process, whose first thread is ready for user mode then.
Status BuildEnvironment(Thread& thread, const ProgramRequest& request, const ProgramImage& program);

}  // namespace fl::kernel
