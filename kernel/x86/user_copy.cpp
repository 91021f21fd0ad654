// FixUpKernelFault: the other half of user_copy.asm.
#include "kernel/x86/user_copy.h"

namespace fl::x86 {
namespace {

/// As user_copy.asm lists them: the instructions in [start, end) may fault.
struct FaultFixUp {
  u32 start;
  u32 end;
  u32 failed;
};
extern "C" const FaultFixUp kFaultFixUpsStart[];
extern "C" const FaultFixUp kFaultFixUpsEnd[];

const FaultFixUp* FindFixUp(const TrapFrame& frame) {
  for (const FaultFixUp* fix_up = kFaultFixUpsStart; fix_up != kFaultFixUpsEnd; ++fix_up) {
    if (frame.eip >= fix_up->start && frame.eip < fix_up->end) return fix_up;
  }
  return nullptr;
}

}  // namespace

bool MayFault(const TrapFrame& frame) { return FindFixUp(frame) != nullptr; }

bool FixUpKernelFault(TrapFrame& frame, Status status) {
  const FaultFixUp* fix_up = frame.FromUser() ? nullptr : FindFixUp(frame);
  if (!fix_up) return false;
  frame.eip = fix_up->failed;
  frame.eax = Code(status);
  return true;
}

}  // namespace fl::x86
