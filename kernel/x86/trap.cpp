// Traps: DispatchTrap sorts the vectors; the page fault's error code becomes a mm::PageFault.
#include "kernel/x86/trap.h"

#include "kernel/base/assert.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/gdt.h"
#include "kernel/x86/idt.h"
#include "kernel/x86/tss.h"

namespace fl::x86 {

extern "C" void DispatchTrap(TrapFrame* frame);
extern "C" [[noreturn]] void ReportDoubleFault();
extern "C" void EnterDoubleFault();
extern "C" void DispatchFastCall(TrapFrame* frame);
extern "C" void EnterFastCall();
extern "C" void EnterFastCallStepped();
extern "C" {
constinit u32 g_fast_call_return = 0;
}

namespace {

// Intel SDM vol. 3A, 4.7 "Page-Fault Exceptions": the error code.
constexpr u32 kFaultWrite = 1u << 1;
constexpr u32 kFaultUser = 1u << 2;
constexpr u32 kFaultFetch = 1u << 4;

constexpr u32 kExceptions = 32;

constexpr u32 kEflagsAlwaysSet = 1u << 1;
constexpr u32 kEflagsTrap = 1u << 8;
constexpr u32 kEflagsInterrupt = 1u << 9;
/// CF PF AF ZF SF TF, DF OF, RF, AC, ID: all that a program may set for itself. Not IOPL, NT, VM.
constexpr u32 kEflagsOfPrograms = 0x00250DD5;

constexpr u32 kSelectorRpl = 3;

// Intel SDM vol. 4, table 2-2.
constexpr u32 kMsrSysenterCs = 0x174;
constexpr u32 kMsrSysenterEsp = 0x175;
constexpr u32 kMsrSysenterEip = 0x176;

constinit TrapHandler* g_handler = nullptr;

/// Without no-execute pages, what can be read can be executed: there a fetch is a read, as on NT.
mm::PageFault DescribeFault(const TrapFrame& frame, u32 address) {
  mm::PageFault fault;
  fault.address = VirtAddr(address);
  fault.mode = (frame.error_code & kFaultUser) != 0 ? mm::FaultMode::kUser : mm::FaultMode::kKernel;
  if ((frame.error_code & kFaultWrite) != 0) {
    fault.access = mm::Access::kWrite;
  } else if (NoExecuteIsOn() && (frame.error_code & kFaultFetch) != 0) {
    fault.access = mm::Access::kExecute;
  }
  return fault;
}

/// A program that single-steps into the kernel traps at the first instruction there: the trap is due when
/// it is back in user mode.
bool SteppedIntoKernel(TrapFrame& frame) {
  if (frame.FromUser() || frame.eip != reinterpret_cast<u32>(EnterFastCall)) return false;
  frame.eip = reinterpret_cast<u32>(EnterFastCallStepped);
  frame.eflags &= ~kEflagsTrap;
  return true;
}

u32 DataSelector(u32 selector) {
  const u32 user = (selector & 0xFFFF) | kSelectorRpl;
  if (user == kSelectorRpl) return 0;
  return user == kUserCode || user == kUserTeb ? user : kUserData;
}

}  // namespace

void DispatchTrap(TrapFrame* frame) {
  switch (frame->vector) {
    case kVectorPageFault: {
      mm::PageFault fault = DescribeFault(*frame, ReadCr2());
      g_handler->OnPageFault(*frame, fault);
      break;
    }
    case kVectorSystemCall:
      g_handler->OnSystemCall(*frame);
      break;
    default:
      if (frame->vector == kVectorDebug && SteppedIntoKernel(*frame)) break;
      if (frame->vector < kExceptions) {
        g_handler->OnException(*frame);
      } else {
        g_handler->OnInterrupt(*frame, frame->vector - kVectorFirstIrq);
      }
  }
}

void DispatchFastCall(TrapFrame* frame) { g_handler->OnSystemCall(*frame); }

void ReportDoubleFault() {
  // The task switch has left the interrupted registers in the main task's segment (SDM vol.
  // 3A, 7.3).
  const TaskState& task = MainTask();
  TrapFrame frame{};
  frame.gs = task.gs;
  frame.fs = task.fs;
  frame.es = task.es;
  frame.ds = task.ds;
  frame.edi = task.edi;
  frame.esi = task.esi;
  frame.ebp = task.ebp;
  frame.ebx = task.ebx;
  frame.edx = task.edx;
  frame.ecx = task.ecx;
  frame.eax = task.eax;
  frame.vector = kVectorDoubleFault;
  frame.eip = task.eip;
  frame.cs = task.cs;
  frame.eflags = task.eflags;
  frame.user_esp = task.esp;
  frame.user_ss = task.ss;
  g_handler->OnException(frame);
  Halt();
}

void InitTraps(TrapHandler& handler) {
  g_handler = &handler;
  InitTasks(EnterDoubleFault);
  InitGdt();
  InitIdt();
}

void EnableFastCalls(VirtAddr return_address) {
  KASSERT(Features().sep);
  g_fast_call_return = return_address.value;
  WriteMsr(kMsrSysenterCs, kKernelCode);
  WriteMsr(kMsrSysenterEip, reinterpret_cast<u32>(EnterFastCall));
  WriteMsr(kMsrSysenterEsp, MainTask().esp0);
}

void SetKernelStack(void* top) {
  MainTask().esp0 = reinterpret_cast<u32>(top);
  if (g_fast_call_return != 0) WriteMsr(kMsrSysenterEsp, reinterpret_cast<u32>(top));
}
void SetTeb(VirtAddr teb) { SetTebBase(teb); }

void SanitizeUserFrame(TrapFrame& frame) {
  if (frame.vector == kVectorFastCall) frame.vector = kVectorSystemCall;
  frame.cs = kUserCode;
  frame.user_ss = kUserData;
  frame.ds = DataSelector(frame.ds);
  frame.es = DataSelector(frame.es);
  frame.fs = DataSelector(frame.fs);
  frame.gs = DataSelector(frame.gs);
  frame.eflags = (frame.eflags & kEflagsOfPrograms) | kEflagsAlwaysSet | kEflagsInterrupt;
}

}  // namespace fl::x86
