// Exceptions: what a processor's trap means to a program, and the end of a process by one that nobody
// handles.
// Source: Intel SDM vol. 3A ch. 6 for the traps; [MS-ERREF] for the codes NT gives them; Microsoft Learn,
// EXCEPTION_RECORD, for their parameters.
#pragma once

#include "kernel/thread.h"
#include "kernel/x86/trap_frame.h"
#include "mm/page_fault.h"

namespace fl::kernel {

struct Exception {
  Status status = Status::kAccessViolation;
  bool has_address = false;  ///< It was an access to memory.
  VirtAddr address;
  mm::Access access = mm::Access::kRead;
  Status cause = Status::kSuccess;  ///< For in-page errors: why the page could not be read.
};

/// ExceptionInformation[0] of an access violation or an in-page error; 8 needs no-execute pages.
u32 AccessParameter(mm::Access access);
mm::Access AccessOfParameter(u32 parameter);

/// A trap other than a page fault. May read the instruction, which may sleep.
Exception ExceptionOfTrap(const x86::TrapFrame& frame);

/// Reports it, with where it happened, to the host and ends the thread's process with the exception's status.
void EndProcessByException(Thread& thread, VirtAddr eip, const Exception& exception);

}  // namespace fl::kernel
