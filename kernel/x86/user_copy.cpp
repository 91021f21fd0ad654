// FixUpKernelFault: the other half of user_copy.asm.
#include "kernel/x86/user_copy.h"

namespace fl::x86 {

extern "C" const char kCopySafelyStart[];
extern "C" const char kCopySafelyEnd[];
extern "C" const char CopySafelyFailed[];

bool FixUpKernelFault(TrapFrame& frame, Status status) {
  if (frame.FromUser()) return false;
  if (frame.eip < reinterpret_cast<u32>(kCopySafelyStart) ||
      frame.eip >= reinterpret_cast<u32>(kCopySafelyEnd)) {
    return false;
  }
  frame.eip = reinterpret_cast<u32>(CopySafelyFailed);
  frame.eax = Code(status);
  return true;
}

}  // namespace fl::x86
