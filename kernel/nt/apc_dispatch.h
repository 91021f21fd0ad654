// ApcDispatch: a thread makes the calls that it was asked to make: in ntdll's KiUserApcDispatcher, which goes on
// by NtContinue with the registers that the call came between.
// Invariants:  a call whose frame the thread's stack cannot hold ends the program.
// Source:      the layout as Wine 8's ntdll reads it.
#pragma once

#include "kernel/thread.h"

namespace fl::kernel {

/// The current thread is on its way to user mode, with a call pending: it goes by way of the call.
void EnterApcDispatcher(Thread& thread);

}  // namespace fl::kernel
