// Real tools: see real_tools.h.
#include "tests/fs/real_tools.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace fl::fs::test {

std::string FindMissingTool(std::initializer_list<const char*> tools) {
  static const bool path_is_set = [] {
    setenv("PATH", (std::string(getenv("PATH")) + ":/usr/sbin:/sbin").c_str(), 1);
    setenv("MTOOLS_SKIP_CHECK", "1", 1);
    setenv("LC_ALL", "C.UTF-8", 1);
    return true;
  }();
  (void)path_is_set;
  for (const char* tool : tools) {
    if (std::system(("command -v " + std::string(tool) + " >/dev/null 2>&1").c_str()) != 0) {
      return tool;
    }
  }
  return "";
}

bool ToolsAreRequired() { return getenv("FAULTLINE_REQUIRE_TOOLS") != nullptr; }

ToolFolder::ToolFolder() {
  path_ = (std::filesystem::temp_directory_path() / "fat-XXXXXX").string();
  if (!mkdtemp(path_.data())) std::abort();
}

ToolFolder::~ToolFolder() { std::filesystem::remove_all(path_); }

ToolRun ToolFolder::Run(const std::string& command) const {
  ToolRun run;
  FILE* pipe = popen(("cd '" + path_ + "' && " + command + " 2>&1 </dev/null").c_str(), "r");
  if (!pipe) std::abort();
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof(buffer), pipe)) {
    run.output.append(buffer, got);
  }
  const int status = pclose(pipe);
  run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return run;
}

std::vector<std::byte> ToolFolder::Load(const std::string& name) const {
  std::ifstream file(path_ + "/" + name, std::ios::binary | std::ios::ate);
  std::vector<std::byte> bytes(std::size_t(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), std::streamsize(bytes.size()));
  return bytes;
}

void ToolFolder::Store(const std::string& name, const std::vector<std::byte>& bytes) const {
  // Sectors of zeros stay holes: a FAT32 volume has tens of megabytes of them.
  std::ofstream file(path_ + "/" + name, std::ios::binary);
  constexpr std::size_t kPiece = 4096;
  static const std::vector<std::byte> zeros(kPiece);
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const std::size_t length = std::min(kPiece, bytes.size() - at);
    const bool is_last = at + length == bytes.size();
    if (!is_last && std::memcmp(zeros.data(), bytes.data() + at, kPiece) == 0) {
      continue;
    }
    file.seekp(std::streamoff(at));
    file.write(reinterpret_cast<const char*>(bytes.data() + at), std::streamsize(length));
  }
}

std::vector<std::byte> ToolFolder::MakeVolume(const std::string& options,
                                              unsigned kilobytes) const {
  const ToolRun run =
      Run("rm -f fresh && mkfs.fat " + options + " -C fresh " + std::to_string(kilobytes));
  if (run.status != 0) {
    std::fprintf(stderr, "%s", run.output.c_str());
    std::abort();
  }
  return Load("fresh");
}

ToolRun ToolFolder::Check(const std::vector<std::byte>& disk) const {
  Store("checked", disk);
  return Run("fsck.fat -n checked");
}

std::string FirstRealComplaint(const std::string& output) {
  constexpr const char* kHarmless[] = {
      "fsck.fat ",
      "checked: ",
      // Lost clusters.
      "Reclaimed ",
      "Orphaned",
      // More clusters than the size needs.
      "  File size is ",
      "  Truncating file to ",
      "    Truncating file to ",
      // The copies of the FAT.
      "FATs differ but appear to be intact.",
      "  Using first FAT.",
      "FATs differ",
      "Using first FAT.",
      // The hidden half of a name that takes two sectors: fsck.fat looks behind the end mark.
      "Long filename fragment \"xxxxxxxxxxxxx\" found outside a LFN sequence.",
      "  (Maybe the start bit is missing on the last fragment)",
      "  Not auto-correcting this.",
      // FSInfo.
      "Free cluster summary wrong",
      "Free cluster summary uninitialized",
      "  Auto-correcting.",
      "  Correcting",
      "Leaving filesystem unchanged.",
      "*** Filesystem was changed ***",
      "The changes have not yet been written",
      "Checking for unused clusters.",
  };
  std::istringstream lines(output);
  std::string previous;
  for (std::string line; std::getline(lines, line);) {
    bool harmless = line.empty();
    for (const char* start : kHarmless) harmless = harmless || line.starts_with(start);
    // The name of a file stands before what is said of it.
    if (!harmless && line.starts_with("/")) {
      previous = line;
      continue;
    }
    if (!harmless) return previous + "\n" + line;
  }
  return "";
}

}  // namespace fl::fs::test
