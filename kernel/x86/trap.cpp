// Traps: DispatchTrap sorts the vectors; the page fault's error code becomes a mm::PageFault.
#include "kernel/x86/trap.h"

#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/gdt.h"
#include "kernel/x86/idt.h"
#include "kernel/x86/tss.h"

namespace fl::x86 {

extern "C" void DispatchTrap(TrapFrame* frame);
extern "C" [[noreturn]] void ReportDoubleFault();
extern "C" void EnterDoubleFault();

namespace {

// Intel SDM vol. 3A, 4.7 "Page-Fault Exceptions": the error code.
constexpr u32 kFaultWrite = 1u << 1;
constexpr u32 kFaultUser = 1u << 2;
constexpr u32 kFaultFetch = 1u << 4;

constexpr u32 kExceptions = 32;

constexpr u32 kEflagsAlwaysSet = 1u << 1;
constexpr u32 kEflagsInterrupt = 1u << 9;
/// CF PF AF ZF SF TF, DF OF, RF, AC, ID: all that a program may set for itself. Not IOPL, NT, VM.
constexpr u32 kEflagsOfPrograms = 0x00250DD5;

constexpr u32 kSelectorRpl = 3;

constinit TrapHandler* g_handler = nullptr;

bool TellsFetches() { return Features().smep || NoExecuteIsOn(); }

mm::PageFault DescribeFault(const TrapFrame& frame, u32 address) {
  mm::PageFault fault;
  fault.address = VirtAddr(address);
  fault.mode = (frame.error_code & kFaultUser) != 0 ? mm::FaultMode::kUser : mm::FaultMode::kKernel;
  // Where the processor cannot tell a fetch from a read, a read of the instruction itself is one.
  const bool fetch = TellsFetches() ? (frame.error_code & kFaultFetch) != 0
                                    : frame.FromUser() && address == frame.eip;
  if ((frame.error_code & kFaultWrite) != 0) {
    fault.access = mm::Access::kWrite;
  } else if (fetch) {
    fault.access = mm::Access::kExecute;
  }
  return fault;
}

u32 DataSelector(u32 selector) {
  const u32 user = (selector & 0xFFFF) | kSelectorRpl;
  if (user == kSelectorRpl) return 0;
  return user == kUserCode || user == kUserTeb ? user : kUserData;
}

}  // namespace

void DispatchTrap(TrapFrame* frame) {
  switch (frame->vector) {
    case kVectorPageFault:
      g_handler->OnPageFault(*frame, DescribeFault(*frame, ReadCr2()));
      break;
    case kVectorSystemCall:
      g_handler->OnSystemCall(*frame);
      break;
    default:
      if (frame->vector < kExceptions) {
        g_handler->OnException(*frame);
      } else {
        g_handler->OnInterrupt(*frame, frame->vector - kVectorFirstIrq);
      }
  }
}

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

void SetKernelStack(void* top) { MainTask().esp0 = reinterpret_cast<u32>(top); }
void SetTeb(VirtAddr teb) { SetTebBase(teb); }

void SanitizeUserFrame(TrapFrame& frame) {
  frame.cs = kUserCode;
  frame.user_ss = kUserData;
  frame.ds = DataSelector(frame.ds);
  frame.es = DataSelector(frame.es);
  frame.fs = DataSelector(frame.fs);
  frame.gs = DataSelector(frame.gs);
  frame.eflags = (frame.eflags & kEflagsOfPrograms) | kEflagsAlwaysSet | kEflagsInterrupt;
}

}  // namespace fl::x86
