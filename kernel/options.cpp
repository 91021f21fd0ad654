// Options: see options.h.
#include "kernel/options.h"

#include <optional>

namespace fl::kernel {
namespace {

std::optional<u32> ParseNumber(std::string_view text) {
  if (text.empty()) return std::nullopt;
  u64 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + u32(c - '0');
    if (value > 0xFFFFFFFF) return std::nullopt;
  }
  return u32(value);
}

std::string_view TrimStart(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

bool Apply(Options& options, std::string_view name, u32 value) {
  if (name == "host") {
    options.host = value != 0;
  } else if (name == "trace") {
    options.trace = value != 0;
  } else if (name == "stats") {
    options.stats = value != 0;
  } else if (name == "bugcheck") {
    options.bugcheck = value;
  } else if (name == "poison") {
    options.poison = value != 0;
  } else if (name == "nx") {
    options.nx = value != 0;
  } else if (name == "seed") {
    options.seed = value;
  } else if (name == "cluster") {
    options.cluster = value;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Options ParseOptions(std::string_view command_line) {
  Options options;
  std::string_view rest = TrimStart(command_line);
  while (!rest.empty()) {
    const std::size_t end = rest.find(' ') == rest.npos ? rest.size() : rest.find(' ');
    const std::string_view word = rest.substr(0, end);
    rest = TrimStart(rest.substr(end));
    if (word == "--") {
      options.program = rest;
      break;
    }
    const std::size_t equals = word.find('=');
    // A path may hold an equals sign, too.
    if (equals == word.npos || word.find('/') != word.npos) continue;
    const std::optional<u32> value = ParseNumber(word.substr(equals + 1));
    const bool understood = value && Apply(options, word.substr(0, equals), *value);
    if (!understood && options.unknown.empty()) options.unknown = word;
  }
  return options;
}

}  // namespace fl::kernel
