// KernelMain: the order of start-up, nothing else. For now it ends where the drivers will begin.
#include <string_view>

#include "kernel/base/log.h"
#include "kernel/memory.h"
#include "kernel/x86/cpu.h"
#include "kernel/x86/port_io.h"
#include "kernel/x86/trap.h"

namespace fl {
namespace {

constexpr u16 kSerial = 0x3F8;
constexpr u16 kExit = 0xF4;

constinit x86::PortIoX86 g_ports;

[[noreturn]] void Exit(u8 code) {
  g_ports.Out8(kExit, code);
  x86::Halt();
}

class Handler final : public x86::TrapHandler {
 public:
  void OnPageFault(x86::TrapFrame& frame, mm::PageFault) override { OnException(frame); }
  void OnSystemCall(x86::TrapFrame& frame) override { OnException(frame); }
  void OnInterrupt(x86::TrapFrame& frame, u32) override { OnException(frame); }
  void OnException(x86::TrapFrame& frame) override {
    Log(LogLevel::kError, "trap %u at %08x", frame.vector, frame.eip);
    Exit(0x7F);
  }
};

constinit Handler g_handler;

}  // namespace

void LogSink(LogLevel, std::string_view line) {
  for (char c : line) g_ports.Out8(kSerial, u8(c));
  g_ports.Out8(kSerial, '\n');
}

void AssertFailed(const char* expression, const char* file, int line) {
  Log(LogLevel::kError, "assertion failed: %s (%s:%d)", expression, file, line);
  Exit(0x7F);
}

extern "C" void KernelMain(u32 magic, u32 multiboot_info) {
  x86::InitCpu();
  x86::InitTraps(g_handler);
  kernel::InitMemory(kernel::ReadBootInfo(magic, multiboot_info));
  Exit(0);
}

}  // namespace fl
