// Console: where people read: COM1 and the screen. The kernel's log goes there, and without a host the
// program's output too.
#pragma once

#include <string_view>

#include "drivers/port_io.h"

namespace fl::kernel {

/// Finds the serial port and the screen. Before, what is written is lost.
void InitConsole(drivers::PortIo& ports);
void WriteToConsole(std::string_view text);
/// COM1 as a keyboard, polled; there is never a key without that port.
bool ConsoleHasKey();
/// Waits for a key: only where ConsoleHasKey may become true.
u8 ReadFromConsole();

}  // namespace fl::kernel
