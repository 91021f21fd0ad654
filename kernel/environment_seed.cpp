// EnvironmentSeed: see environment_seed.h.
#include "kernel/environment_seed.h"

#include "kernel/base/log.h"
#include "kernel/seed_file.h"
#include "kernel/unicode.h"

namespace fl::kernel {
namespace {

constexpr std::string_view kPath = "windows\\environment.txt";
constexpr std::string_view kLeast =
    "SystemDrive=C:\n"
    "SystemRoot=C:\\windows\n"
    "windir=C:\\windows\n"
    "PATH=C:\\windows\\system32;C:\\windows\n"
    "TEMP=C:\\\n"
    "TMP=C:\\\n";

char Lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c; }

bool SameName(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::string_view NextLine(std::string_view& rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// What stands before the = sign; empty: the line is no variable.
std::string_view NameOf(std::string_view line) {
  const size_t equals = line.find('=');
  if (line.starts_with('#') || equals == std::string_view::npos) return {};
  return line.substr(0, equals);
}

bool IsNamedAgain(std::string_view name, std::string_view rest) {
  while (!rest.empty()) {
    if (SameName(name, NameOf(NextLine(rest)))) return true;
  }
  return false;
}

}  // namespace

Status AppendEnvironment(Kernel& kernel, Vector<char16_t>& block) {
  Vector<char> text;
  const bool found = TRY(ReadSeedFile(kernel, kPath, text));
  std::string_view rest = found ? std::string_view(text.data(), text.size()) : kLeast;
  for (u32 number = 1; !rest.empty(); ++number) {
    const std::string_view line = NextLine(rest);
    const std::string_view name = NameOf(line);
    if (name.empty()) {
      if (!line.empty() && !line.starts_with('#')) {
        Log(LogLevel::kWarning, "environment.txt:%u: not NAME=VALUE", number);
      }
      continue;
    }
    if (line.size() == name.size() + 1 || IsNamedAgain(name, rest)) continue;
    TRY_STATUS(AppendUtf16(line, block));
    TRY_STATUS(block.Push(u'\0'));
  }
  return block.Push(u'\0');
}

}  // namespace fl::kernel
