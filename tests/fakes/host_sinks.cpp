// What kernel/base leaves to the program that links it, for host tests: asserts abort, log lines go to
// stderr.
#include <cstdio>
#include <cstdlib>

#include "kernel/base/assert.h"
#include "kernel/base/log.h"

namespace fl {

void AssertFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

void LogSink(LogLevel, std::string_view line) {
  std::fprintf(stderr, "%.*s\n", int(line.size()), line.data());
}

}  // namespace fl
