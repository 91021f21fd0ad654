// Monitor: answers questions about the live kernel on COM1, when the command line says monitor=1: any key
// stops the programs and asks for a command; so does a bugcheck.
// Invariants:  polled, with interrupts off; allocates nothing, sleeps never, changes nothing.
//              What the kernel's memory holds is not trusted: a command that faults or meets a failing
//              assertion is given up, and so is one that does not end (a list that was bent to a ring).
// See also:    monitor_commands.h for what can be asked.
#pragma once

#include "kernel/x86/trap_frame.h"

namespace fl::kernel {

/// From the timer's interrupt: is there a key? Then asks until the answer is `continue`.
void PollMonitor(const x86::TrapFrame& frame);
/// After a bugcheck; returns when the machine may end.
void MonitorAfterBugcheck();
/// A fault, trap or bugcheck: if a command of the monitor runs, it ends here, and this does not return.
void AbandonMonitorCommand(const char* why_format, ...) __attribute__((format(printf, 1, 2)));

/// A line to the console, for the commands. Gives the command up if it has written too much, or at Ctrl-C.
void MonitorPrint(const char* format, ...) __attribute__((format(printf, 1, 2)));

}  // namespace fl::kernel
