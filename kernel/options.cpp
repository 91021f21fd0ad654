// Options: see options.h.
#include "kernel/options.h"

namespace fl::kernel {
namespace {

std::string_view TrimStart(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

bool ApplyNumber(Options& options, std::string_view name, u32 value) {
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
  } else if (name == "monitor") {
    options.monitor = value != 0;
  } else if (name == "seed") {
    options.seed = value;
  } else if (name == "cluster") {
    options.cluster = value;
  } else if (name == "repeat") {
    options.repeat = value;
  } else if (name == "limit") {
    options.limit = value;
  } else if (name == "wine_debug") {
    options.wine_debug = value;
  } else if (name == "trials") {
    options.trials = value;
  } else if (name == "from") {
    options.from = value;
  } else if (name == "every") {
    options.every = value;
  } else {
    return false;
  }
  return true;
}

bool Apply(Options& options, std::string_view name, std::string_view value) {
  if (name == "fail") return ParseFailSpec(value, options.fail);
  if (name == "sweep") {
    options.sweep_and_after = value.ends_with('+');
    if (options.sweep_and_after) value.remove_suffix(1);
    options.sweep = ParseFailKind(value, options.sweep_kind);
    return options.sweep;
  }
  if (name == "entropy") {
    options.entropy = value;
    return true;
  }
  u32 number;
  return ParseNumber(value, number) && ApplyNumber(options, name, number);
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
    const bool understood = Apply(options, word.substr(0, equals), word.substr(equals + 1));
    if (!understood && options.unknown.empty()) options.unknown = word;
  }
  return options;
}

}  // namespace fl::kernel
