// Monitor: see monitor.h.
#include "kernel/monitor.h"

#include "kernel/base/format.h"
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/monitor_commands.h"
#include "kernel/monitor_line.h"

namespace fl::kernel {
namespace {

constexpr u32 kMostLines = 4096;
constexpr u8 kCtrlC = 0x03;

bool in_monitor = false;
bool in_command = false;
u32 lines_left = 0;
void* resume_point[5];  ///< Where a command that is given up goes on; see __builtin_setjmp.

void Say(const char* format, ...) __attribute__((format(printf, 1, 2)));
void Say(const char* format, ...) {
  char text[200];
  std::va_list arguments;
  va_start(arguments, format);
  WriteToConsole(FormatV(text, format, arguments));
  va_end(arguments);
}

[[noreturn]] void GiveUp() {
  in_command = false;
  __builtin_longjmp(resume_point, 1);
}

/// Its own frame: what a command leaves behind when it is given up is in the frames below.
[[gnu::noinline]] MonitorAnswer RunGuarded(std::string_view line) {
  lines_left = kMostLines;
  // volatile: set before the jump back, read after it.
  volatile MonitorAnswer answer = MonitorAnswer::kAsk;
  if (__builtin_setjmp(resume_point) == 0) {
    in_command = true;
    answer = RunMonitorCommand(line);
  }
  in_command = false;
  return answer;
}

void Echo(MonitorLine::Key key, u8 byte) {
  switch (key) {
    case MonitorLine::Key::kTaken:
      Say("%c", byte);
      break;
    case MonitorLine::Key::kErased:
      Say("\b \b");
      break;
    case MonitorLine::Key::kCleared:
      Say("^C\r\nfl> ");
      break;
    case MonitorLine::Key::kEntered:
      Say("\r\n");
      break;
    case MonitorLine::Key::kIgnored:
      break;
  }
}

void Ask() {
  in_monitor = true;
  MonitorLine line;
  Say("fl> ");
  for (;;) {
    const u8 byte = ReadFromConsole();
    const MonitorLine::Key key = line.Put(byte);
    Echo(key, byte);
    if (key != MonitorLine::Key::kEntered) continue;
    if (RunGuarded(line.text()) == MonitorAnswer::kContinue) break;
    line.Clear();
    Say("fl> ");
  }
  in_monitor = false;
}

}  // namespace

void PollMonitor(const x86::TrapFrame& frame) {
  if (in_monitor || !ConsoleHasKey()) return;
  (void)ReadFromConsole();
  Say("\r\nThe programs stand still. %s at 0x%08x; \"help\" for help.\r\n",
      frame.FromUser() ? "User mode" : "Kernel", frame.eip);
  Ask();
}

void MonitorAfterBugcheck() {
  if (in_monitor || !KernelIfUp()) return;
  Say("\r\nThe machine ends at \"continue\".\r\n");
  Ask();
}

void AbandonMonitorCommand(const char* why_format, ...) {
  if (!in_command) return;
  char why[160];
  std::va_list arguments;
  va_start(arguments, why_format);
  FormatV(why, why_format, arguments);
  va_end(arguments);
  Say("given up: %s\r\n", why);
  GiveUp();
}

void MonitorPrint(const char* format, ...) {
  if (lines_left-- == 0) {
    Say("given up: more than %u lines\r\n", kMostLines);
    GiveUp();
  }
  if (ConsoleHasKey() && ReadFromConsole() == kCtrlC) {
    Say("^C\r\n");
    GiveUp();
  }
  char text[200];
  std::va_list arguments;
  va_start(arguments, format);
  WriteToConsole(FormatV(text, format, arguments));
  va_end(arguments);
  WriteToConsole("\r\n");
}

}  // namespace fl::kernel
