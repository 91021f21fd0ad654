// TSS: the two tasks of the machine.
#include "kernel/x86/tss.h"

#include "kernel/x86/control_registers.h"
#include "kernel/x86/trap_frame.h"

namespace fl::x86 {
namespace {

constexpr u32 kDoubleFaultStackSize = 8192;
constexpr u32 kEflagsAlwaysSet = 1u << 1;

constinit TaskState g_main_task;
constinit TaskState g_double_fault_task;
alignas(16) constinit std::byte g_double_fault_stack[kDoubleFaultStackSize];

}  // namespace

TaskState& MainTask() { return g_main_task; }
TaskState& DoubleFaultTask() { return g_double_fault_task; }

void InitTasks(void (*entry)()) {
  g_main_task.ss0 = kKernelData;

  TaskState& task = g_double_fault_task;
  // The boot directory lives as long as the machine; all directories share the kernel's half.
  task.cr3 = ReadCr3();
  task.eip = reinterpret_cast<u32>(entry);
  task.eflags = kEflagsAlwaysSet;
  // As after a call: the processor pushes the error code (0) where a return address would be.
  task.esp = reinterpret_cast<u32>(g_double_fault_stack) + kDoubleFaultStackSize;
  task.cs = kKernelCode;
  task.ss = task.ds = task.es = task.fs = task.gs = kKernelData;
}

}  // namespace fl::x86
