// pe-deps: which files a program needs on its disk. One line on stdout for each:
//   beside<TAB>path         a DLL beside the program
//   set<TAB>path            a file of the set: for the guest's system directory
//   missing<TAB>name<TAB>by needed at the start, and not there
//   late<TAB>name<TAB>by    may be needed later, and not there
// Exit status: 0 done, 3 not a PE file, 4 for another machine, 1 anything else.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "kernel/base/assert.h"
#include "kernel/base/log.h"
#include "tools/pe_deps/closure.h"

namespace fl {

void AssertFailed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "pe-deps: assertion failed: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

void LogSink(LogLevel, std::string_view line) {
  std::fprintf(stderr, "%.*s\n", int(line.size()), line.data());
}

}  // namespace fl

namespace {

constexpr char kUsage[] =
    "usage: pe-deps [options] program.exe\n"
    "  --system NAME  the system provides this DLL\n"
    "  --beside DIR   what lies in DIR counts as beside the program\n"
    "  --set DIR      the files that the guest's system directory may hold; user mode links\n"
    "  --load NAME    is needed too\n"
    "  --all          all of the set\n";

/// False: wrong usage.
bool Parse(int argc, char** argv, fl::deps::Request& request) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--all") {
      request.all = true;
    } else if (argument.starts_with("--")) {
      if (++i == argc) return false;
      if (argument == "--system") {
        request.system_names.push_back(argv[i]);
      } else if (argument == "--beside") {
        request.beside.push_back(argv[i]);
      } else if (argument == "--set") {
        request.set.push_back(argv[i]);
      } else if (argument == "--load") {
        request.load.push_back(argv[i]);
      } else {
        return false;
      }
    } else if (request.program.empty()) {
      request.program = argument;
    } else {
      return false;
    }
  }
  return !request.program.empty();
}

}  // namespace

int main(int argc, char** argv) {
  fl::deps::Request request;
  if (!Parse(argc, argv, request)) {
    std::fputs(kUsage, stderr);
    return fl::deps::kExitOther;
  }
  return fl::deps::Closure(std::move(request)).Walk();
}
