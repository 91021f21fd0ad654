// ExceptionDispatch: an exception becomes a program's own business: its thread goes on in ntdll's
// KiUserExceptionDispatcher, with a record of what happened and the registers of where, on its stack.
// Invariants:  nothing of the thread's registers changes unless both are written. Whoever handles the exception
//              goes on by NtContinue with that context; who does not comes back by NtRaiseException, and the
//              process ends.
// Source:      the layout as Wine 8's ntdll reads it; Microsoft Learn, EXCEPTION_RECORD.
#pragma once

#include "kernel/exception.h"

namespace fl::kernel {

/// EXCEPTION_RECORD
struct ExceptionRecord {
  static constexpr u32 kMostParameters = 15;
  u32 code, flags, next, address, count;
  u32 parameters[kMostParameters];
};
static_assert(sizeof(ExceptionRecord) == 0x50);
inline constexpr u32 kExceptionNonContinuable = 1;

/// A trap of the current thread, which came from user mode. If the program cannot be given the exception (its
/// stack cannot hold it, or the trap is not for handlers), or is none of NT's user mode, it ends.
void RaiseInUserMode(Thread& thread, x86::TrapFrame& frame, const Exception& exception);

/// The current thread goes on in KiUserExceptionDispatcher with a record and a context that the program made
/// itself and that lie where the program says.
Status RaiseAgain(Thread& thread, u32 record, u32 context);

}  // namespace fl::kernel
