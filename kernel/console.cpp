// Console: see console.h.
#include "kernel/console.h"

#include <optional>

#include "drivers/uart.h"
#include "drivers/vga_text.h"
#include "kernel/base/log.h"
#include "kernel/x86/direct_map.h"

namespace fl {
namespace kernel {
namespace {

constexpr u32 kBaud = 115200;

constinit std::optional<drivers::Uart> g_serial;
constinit std::optional<drivers::VgaText> g_screen;

}  // namespace

void InitConsole(drivers::PortIo& ports) {
  drivers::Uart serial(ports, drivers::kCom1);
  if (serial.Init(kBaud)) g_serial.emplace(serial);
  auto* cells = static_cast<u16*>(x86::DirectMapped(PhysAddr(drivers::VgaText::kPhysicalBase)));
  g_screen.emplace(
      ports, drivers::VgaText::Cells(cells, drivers::VgaText::kColumns * drivers::VgaText::kRows));
  g_screen->Clear();
}

void WriteToConsole(std::string_view text) {
  if (g_screen) g_screen->Write(text);
  if (g_serial) g_serial->Write(std::as_bytes(std::span(text)));
}

bool ConsoleHasKey() { return g_serial && g_serial->CanRead(); }

u8 ReadFromConsole() {
  while (!ConsoleHasKey()) {
  }
  return g_serial->Read();
}

}  // namespace kernel

void LogSink(LogLevel, std::string_view line) {
  kernel::WriteToConsole(line);
  kernel::WriteToConsole("\n");
}

}  // namespace fl
