// ProcessEnvironment: the memory that a program finds set up: stack, TEB, PEB, process parameters.
// Source: offsets and values as published for NT (winternl.h, phnt) and as Wine 8's ntdll reads them.
// Invariants:  the parameters are an allocation of their own, normalised; TEB and PEB have a second page
//              each, which user mode uses.
#pragma once

#include "kernel/program_start.h"

namespace fl::kernel {

/// Builds all of it in the current process. Returns the frame for the first thread to enter user mode with.
Result<x86::TrapFrame> BuildEnvironment(Thread& thread, const ProgramRequest& request,
                                        const LoadedProgram& program,
                                        const u32 (&standard_handles)[3]);

/// Fields of the TEB that the kernel keeps up to date.
inline constexpr u32 kTebStackLimit = 0x08;
inline constexpr u32 kTebGuaranteedStackBytes = 0xF78;

}  // namespace fl::kernel
