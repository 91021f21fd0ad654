// TSS: where the processor finds the kernel stack, and the task that a double fault switches to.
// Invariants: the main task's esp0 is the top of the current thread's kernel stack. The
//   double-fault task has a stack of its own, so that a fault on an unmapped kernel stack is still
//   reported.
// Source: Intel SDM vol. 3A, 7.2.1 "Task-State Segment".
#pragma once

#include "kernel/base/units.h"

namespace fl::x86 {

struct TaskState {
  u32 previous_task = 0;
  u32 esp0 = 0, ss0 = 0;
  u32 esp1 = 0, ss1 = 0;
  u32 esp2 = 0, ss2 = 0;
  u32 cr3 = 0;
  u32 eip = 0, eflags = 0;
  u32 eax = 0, ecx = 0, edx = 0, ebx = 0, esp = 0, ebp = 0, esi = 0, edi = 0;
  u32 es = 0, cs = 0, ss = 0, ds = 0, fs = 0, gs = 0;
  u32 ldt = 0;
  u16 debug_trap = 0;
  u16 io_map = sizeof(TaskState);  ///< Beyond the end: user mode has no ports.
};
static_assert(sizeof(TaskState) == 104);

/// The task that runs all threads; its registers are those at the moment of a double fault.
TaskState& MainTask();
TaskState& DoubleFaultTask();

/// `entry` runs in the double-fault task, with the page tables that are in use now.
void InitTasks(void (*entry)());

}  // namespace fl::x86
