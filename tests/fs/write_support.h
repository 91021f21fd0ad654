// What the tests of writing have in common.
#pragma once

#include "tests/fs/fs_test_support.h"
#include "tests/fs/real_tools.h"

namespace fl::fs::test {

/// Volumes as mkfs.fat makes them.
struct FreshVolume {
  const char* name;
  const char* options;
  unsigned kilobytes;
};

inline constexpr FreshVolume kFreshVolumes[] = {
    {"Fat12", "-F 12 -s 1 -r 64 -i 1234abcd -n LABEL", 512},
    {"Fat16", "-F 16 -s 1 -r 256", 2400},
    {"Fat32", "-F 32 -s 1", 34000},
};

class OnFreshVolume : public testing::TestWithParam<FreshVolume> {
 protected:
  void SetUp() override {
    REQUIRE_TOOLS("mkfs.fat", "fsck.fat", "mdir", "mtype");
    disk = folder.MakeVolume(GetParam().options, GetParam().kilobytes);
  }
  /// fsck.fat finds nothing, and mtools shows the same tree.
  void ExpectClean(const Bytes& bytes) const {
    const ToolRun run = folder.Check(bytes);
    EXPECT_EQ(run.status, 0) << run.output;
  }

  ToolFolder folder;
  Bytes disk;
};

#define ON_FRESH_VOLUMES(suite)                                              \
  INSTANTIATE_TEST_SUITE_P(Formats, suite, testing::ValuesIn(kFreshVolumes), \
                           [](const auto& one) { return std::string(one.param.name); })

inline Status WriteBytes(File& file, u64 offset, const Bytes& bytes) {
  return file.WriteAt(offset, std::span<const std::byte>(bytes));
}

/// A new file with Content(seed, size).
inline RefPtr<File> MakeFile(Volume& volume, std::string_view path, u32 seed, u64 size) {
  auto created = volume.Create(path, EntryKind::kFile, 0);
  EXPECT_EQ(created.status(), Status::kSuccess) << path;
  if (!created.ok()) return nullptr;
  EXPECT_EQ(WriteBytes(*created->file, 0, Content(seed, size)), Status::kSuccess) << path;
  return created->file;
}

}  // namespace fl::fs::test
