// Log: one line of text for people, with a level. The kernel's sink is the serial line and the screen,
// the host tests' sink is stderr.
#pragma once

#include <string_view>

namespace fl {

enum class LogLevel { kError, kWarning, kInfo, kDebug };

/// `format` is printf's (see format.h for what is understood); a line end is added.
void Log(LogLevel level, const char* format, ...) __attribute__((format(printf, 2, 3)));

/// Where finished lines go; supplied by the program that links this (kernel or host).
void LogSink(LogLevel level, std::string_view line);

}  // namespace fl
