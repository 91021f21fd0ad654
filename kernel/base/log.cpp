// Log: formats one line on the stack and hands it to the sink.
#include "kernel/base/log.h"

#include <cstdarg>

#include "kernel/base/format.h"

namespace fl {

void Log(LogLevel level, const char* format, ...) {
  char line[256];
  std::va_list arguments;
  va_start(arguments, format);
  const std::string_view text = FormatV(line, format, arguments);
  va_end(arguments);
  LogSink(level, text);
}

}  // namespace fl
