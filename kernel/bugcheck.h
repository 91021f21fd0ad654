// Bugcheck: the end of the machine when the kernel finds that it is wrong. Says in the log why and
// where, tells the host, and stops.
// Invariants:  needs no heap, no working interrupts and little stack; reads no memory that may be
//              unmapped; a bugcheck inside a bugcheck ends with the first one's message.
//              Works from the first instruction on: what is not set up yet is left out.
// Also here:   fl::AssertFailed, so that KASSERT ends here.
#pragma once

#include "kernel/backtrace.h"
#include "kernel/x86/trap_frame.h"

namespace fl::kernel {

/// `format`: see kernel/base/format.h.
[[noreturn]] void Bugcheck(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// The same, for a trap: the registers and the backtrace are those of the frame.
[[noreturn]] void BugcheckAt(const x86::TrapFrame& frame, const char* format, ...)
    __attribute__((format(printf, 2, 3)));

/// Tells the bounds of the stack that the processor is on. Without it, or where it answers with none, no
/// more is read of a stack outside of the direct map than the page of the current frame.
void SetBacktraceBounds(StackBounds (*bounds)());
/// Prints the last page faults to the log.
void SetFaultHistoryPrinter(void (*print)());
/// Called first of all. If a command of the monitor met the trouble, it does not return, and nothing has
/// happened.
void SetBugcheckRecovery(void (*recover)(const char* reason));
/// Called when all is reported, before the stop: the monitor.
void SetBugcheckMonitor(void (*monitor)());
/// Reports to the host and ends the machine. Without it, or if it returns, the processor halts.
void SetBugcheckStop(void (*stop)(const char* message));

}  // namespace fl::kernel
