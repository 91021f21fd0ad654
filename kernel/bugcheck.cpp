// Bugcheck: see bugcheck.h. Its text is built in static memory: the stack may be what is wrong.
#include "kernel/bugcheck.h"

#include <cstdarg>

#include "kernel/base/assert.h"
#include "kernel/base/format.h"
#include "kernel/base/log.h"
#include "kernel/symbols.h"
#include "kernel/x86/control_registers.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/direct_map.h"

namespace fl::kernel {
namespace {

constexpr u32 kMaxFrames = 32;
constexpr u32 kBootStackSize = 16384;

StackBounds (*backtrace_bounds)() = nullptr;
void (*print_fault_history)() = nullptr;
void (*recover_command)(const char* reason) = nullptr;
void (*run_monitor)() = nullptr;
void (*stop_machine)(const char* message) = nullptr;

u32 depth = 0;  ///< Bugchecks that have begun.
char message[256];
char line[160];
u32 return_addresses[kMaxFrames];

void Print(const char* format, ...) __attribute__((format(printf, 1, 2)));
void Print(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  LogSink(LogLevel::kError, FormatV(line, format, arguments));
  va_end(arguments);
}

u32 AddressOfObject(const void* object) { return reinterpret_cast<u32>(object); }

StackBounds CurrentBounds(u32 stack_pointer) {
  if (backtrace_bounds) {
    const StackBounds bounds = backtrace_bounds();
    if (bounds.high != 0) return bounds;
  }
  const bool direct = stack_pointer - x86::kDirectMapBase < x86::kDirectMapSize - kBootStackSize;
  return {stack_pointer, direct ? stack_pointer + kBootStackSize
                                : AlignDown(stack_pointer, kPageSize) + kPageSize};
}

/// 0 where the processor has no CR4: reading it there is an invalid opcode. One with any of these has it.
u32 Cr4() {
  const x86::CpuFeatures& features = x86::Features();
  return features.pse || features.tsc || features.pge || features.fxsr ? x86::ReadCr4() : 0;
}

void PrintRegisters(const x86::TrapFrame& frame) {
  Print("vector %u, error code %08x, %s mode", frame.vector, frame.error_code,
        frame.FromUser() ? "user" : "kernel");
  Print("eax=%08x ebx=%08x ecx=%08x edx=%08x", frame.eax, frame.ebx, frame.ecx, frame.edx);
  Print("esi=%08x edi=%08x ebp=%08x esp=%08x", frame.esi, frame.edi, frame.ebp,
        frame.StackPointer());
  Print("eip=%08x eflags=%08x cs=%02x ds=%02x es=%02x fs=%02x gs=%02x", frame.eip, frame.eflags,
        frame.cs & 0xFFFF, frame.ds & 0xFFFF, frame.es & 0xFFFF, frame.fs & 0xFFFF,
        frame.gs & 0xFFFF);
}

void PrintPattern(const char* name, u32 value) {
  if (const char* pattern = NameMemoryPattern(value)) Print("%s looks like %s", name, pattern);
}

void PrintPatterns(const x86::TrapFrame& frame, u32 cr2) {
  PrintPattern("eax", frame.eax);
  PrintPattern("ebx", frame.ebx);
  PrintPattern("ecx", frame.ecx);
  PrintPattern("edx", frame.edx);
  PrintPattern("esi", frame.esi);
  PrintPattern("edi", frame.edi);
  PrintPattern("ebp", frame.ebp);
  PrintPattern("eip", frame.eip);
  if (frame.vector == x86::kVectorPageFault) PrintPattern("cr2", cr2);
}

/// `lookup` is `address`, or the byte before it: a call that does not return may be a function's
/// last instruction, so that its return address is already in the next function.
void PrintPlace(u32 address, u32 lookup) {
  Symbol symbol;
  if (FindSymbol(lookup, symbol)) {
    Print("  %08x %s+0x%x", address, symbol.name, symbol.offset + (address - lookup));
  } else {
    Print("  %08x", address);
  }
}

void PrintBacktrace(const x86::TrapFrame* frame, u32 own_frame_pointer) {
  Print("backtrace:");
  const bool of_trap = frame && !frame->FromUser();
  if (of_trap) PrintPlace(frame->eip, frame->eip);
  const u32 count = WalkStack(of_trap ? frame->ebp : own_frame_pointer,
                              CurrentBounds(own_frame_pointer), return_addresses);
  for (u32 i = 0; i < count; ++i) PrintPlace(return_addresses[i], return_addresses[i] - 1);
}

[[noreturn]] void Stop() {
  if (stop_machine) stop_machine(message);
  x86::Halt();
}

[[noreturn]] void Run(const x86::TrapFrame* frame, u32 own_frame_pointer, const char* format,
                      std::va_list arguments) {
  x86::DisableInterrupts();
  if (recover_command) {
    std::va_list again;
    va_copy(again, arguments);
    FormatV(line, format, again);
    va_end(again);
    recover_command(line);
  }
  ++depth;
  if (depth > 2) x86::Halt();  // Not even stopping works.
  if (depth == 2) {
    LogSink(LogLevel::kError, "bugcheck while reporting a bugcheck:");
    LogSink(LogLevel::kError, FormatV(line, format, arguments));
    Stop();
  }
  const std::string_view reason = FormatV(message, format, arguments);
  LogSink(LogLevel::kError, "*** BUGCHECK ***");
  LogSink(LogLevel::kError, reason);
  if (frame) PrintRegisters(*frame);
  const u32 cr2 = x86::ReadCr2();
  Print("cr0=%08x cr2=%08x cr3=%08x cr4=%08x", x86::ReadCr0(), cr2, x86::ReadCr3(), Cr4());
  if (frame) PrintPatterns(*frame, cr2);
  PrintBacktrace(frame, own_frame_pointer);
  if (print_fault_history) print_fault_history();
  if (run_monitor) run_monitor();
  Stop();
}

}  // namespace

void Bugcheck(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  Run(nullptr, AddressOfObject(__builtin_frame_address(0)), format, arguments);
}

void BugcheckAt(const x86::TrapFrame& frame, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  Run(&frame, AddressOfObject(__builtin_frame_address(0)), format, arguments);
}

void SetBacktraceBounds(StackBounds (*bounds)()) { backtrace_bounds = bounds; }
void SetFaultHistoryPrinter(void (*print)()) { print_fault_history = print; }
void SetBugcheckRecovery(void (*recover)(const char* reason)) { recover_command = recover; }
void SetBugcheckMonitor(void (*monitor)()) { run_monitor = monitor; }
void SetBugcheckStop(void (*stop)(const char* message)) { stop_machine = stop; }

}  // namespace fl::kernel

namespace fl {

void AssertFailed(const char* expression, const char* file, int line) {
  kernel::Bugcheck("assertion failed: %s (%s:%d)", expression, file, line);
}

}  // namespace fl
