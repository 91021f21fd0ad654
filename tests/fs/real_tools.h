// What other programs make of our volumes, and we of theirs: mkfs.fat, fsck.fat and mtools at test
// time. Without them a test is skipped, which is said; with FAULTLINE_REQUIRE_TOOLS set in the
// environment it fails instead.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <vector>

namespace fl::fs::test {

/// Call it through REQUIRE_TOOLS.
std::string FindMissingTool(std::initializer_list<const char*> tools);
bool ToolsAreRequired();

#define REQUIRE_TOOLS(...)                                                            \
  if (const std::string missing = FindMissingTool({__VA_ARGS__}); !missing.empty()) { \
    ASSERT_FALSE(ToolsAreRequired()) << missing << " is missing";                     \
    GTEST_SKIP() << missing << " is missing";                                         \
  }

struct ToolRun {
  int status = 0;
  std::string output;
};

/// A folder of its own for one test.
class ToolFolder {
 public:
  ToolFolder();
  ~ToolFolder();
  ToolFolder(const ToolFolder&) = delete;
  ToolFolder& operator=(const ToolFolder&) = delete;

  /// By the shell, in the folder.
  ToolRun Run(const std::string& command) const;
  std::vector<std::byte> Load(const std::string& name) const;
  void Store(const std::string& name, const std::vector<std::byte>& bytes) const;
  /// A fresh volume; `options` of mkfs.fat.
  std::vector<std::byte> MakeVolume(const std::string& options, unsigned kilobytes) const;
  /// What fsck.fat -n says of the disk.
  ToolRun Check(const std::vector<std::byte>& disk) const;

 private:
  std::string path_;
};

/// What an interrupted change may leave: lost clusters, more clusters than a size needs, copies of the
/// FAT that differ, an FSInfo count that is behind. The first other line of fsck.fat's, or nothing.
std::string FirstRealComplaint(const std::string& output);

}  // namespace fl::fs::test
