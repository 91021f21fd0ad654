// System calls of the second table: windows, of which there are none. What user32.dll asks for in a console
// program is answered; see UserMode::RefuseCall for the rest.
#include "kernel/syscall/system_calls.h"

namespace fl::kernel {

/// A thread ends, for the most part: there is nothing of it to be forgotten.
Status NtUserCallNoParam(const SystemCall&) { return Status::kSuccess; }

Status NtUserGetSystemDpiForProcess(const SystemCall&) {
  constexpr u32 kDotsPerInch = 96;
  return Status(kDotsPerInch);
}

/// The window procedures of user32: nobody will call them.
Status NtUserInitializeClientPfnArrays(const SystemCall&) { return Status::kSuccess; }

}  // namespace fl::kernel
