// Process parameters: what a creator put into RTL_USER_PROCESS_PARAMETERS, captured.
// Source: the offsets as published for NT (winternl.h, phnt).
// Invariant: each field is fetched once; whatever the creator's other threads write meanwhile, what is
//            captured is what was checked.
#pragma once

#include "kernel/program_start.h"
#include "kernel/syscall/user_memory.h"

namespace fl::kernel {

/// RTL_USER_PROCESS_PARAMETERS.Flags: its pointers are addresses, not offsets.
inline constexpr u32 kParametersNormalised = 1;

struct CapturedParameters {
  Vector<char16_t> current_directory;
  Vector<char16_t> image_path;
  Vector<char16_t> command_line;
  Vector<char16_t> environment;  ///< Ends with two zeros, whatever came.
  u32 standard[3] = {};          ///< Handles of the creator, unchecked.
  StartupInformation startup;
};

/// kInvalidParameter for an odd string or an environment over 1 MiB, kNoMemory, or the fault's status.
Result<CapturedParameters> CaptureParameters(u32 address);

}  // namespace fl::kernel
