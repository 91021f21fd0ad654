// Every write of a long scenario fails in turn: once, or from then on for ever (the power is gone), and
// done or not done. What a call refused has not happened; what fsck.fat finds afterwards is lost
// clusters at worst; what nobody touched is untouched.
#include <functional>
#include <map>

#include "tests/fakes/failing_new.h"
#include "tests/fs/write_support.h"

namespace fl::fs {
namespace {

using namespace test;
using FailedWrite = MemoryDisk::FailedWrite;

/// Paths and contents; a directory's path ends with a separator.
using Tree = std::map<std::string, Bytes>;

void ListInto(Tree& tree, Volume& volume, const std::string& path) {
  auto opened = volume.Open(path);
  ASSERT_EQ(opened.status(), Status::kSuccess) << path;
  DirectoryEntryInfo info;
  while (true) {
    const auto more = opened->directory->Next(&info);
    ASSERT_EQ(more.status(), Status::kSuccess);
    if (!*more) return;
    const std::string name(info.name.view());
    if (name == "." || name == "..") continue;
    if (info.is_directory) {
      tree[path + name + "\\"] = {};
      ListInto(tree, volume, path + name + "\\");
      continue;
    }
    auto file = volume.Open(path + name);
    ASSERT_EQ(file.status(), Status::kSuccess) << path + name;
    auto bytes = ReadWhole(*file->file);
    ASSERT_EQ(bytes.status(), Status::kSuccess) << path + name;
    tree[path + name] = *bytes;
  }
}

Tree TreeOf(Volume& volume) {
  Tree tree;
  ListInto(tree, volume, "");
  return tree;
}

struct Step {
  const char* name;
  std::function<Status(Volume&)> run;
};

Status Write(Volume& volume, const char* path, u64 offset, u32 seed, u32 size) {
  return WriteBytes(*TRY(volume.Open(path)).file, offset, Content(seed, size));
}
Status Cut(Volume& volume, const char* path, u64 size) {
  return TRY(volume.Open(path)).file->SetSize(size);
}
Status Make(Volume& volume, const char* path, EntryKind kind = EntryKind::kFile) {
  return volume.Create(path, kind, 0).status();
}

// Under the sanitizers, which are after other mistakes, a sample does.
#ifdef __SANITIZE_ADDRESS__
constexpr u32 kEvery = 7;
#else
constexpr u32 kEvery = 1;
#endif

const Step kSteps[] = {
    {"create", [](Volume& v) { return Make(v, "a name with some length.txt"); }},
    {"first write", [](Volume& v) { return Write(v, "a name with some length.txt", 0, 1, 5000); }},
    {"append", [](Volume& v) { return Write(v, "a name with some length.txt", 5000, 2, 3000); }},
    {"append to what lies before another file",
     [](Volume& v) { return Write(v, "keep", 3000, 3, 2000); }},
    {"write past the end", [](Volume& v) { return Write(v, "hole", 4000, 4, 700); }},
    {"grow", [](Volume& v) { return Cut(v, "empty", 2500); }},
    {"shrink", [](Volume& v) { return Cut(v, "keep", 700); }},
    {"empty", [](Volume& v) { return Cut(v, "hole", 0); }},
    {"make a directory", [](Volume& v) { return Make(v, "new directory", EntryKind::kDirectory); }},
    {"create in it", [](Volume& v) { return Make(v, "new directory\\first"); }},
    {"make one in it",
     [](Volume& v) { return Make(v, "new directory\\another one", EntryKind::kDirectory); }},
    {"create a very long name",
     [](Volume& v) { return Make(v, ("sub\\" + std::string(230, 'x')).c_str()); }},
    {"grow a directory",
     [](Volume& v) { return Make(v, "sub\\the entry that finds no room.txt"); }},
    {"rename", [](Volume& v) { return v.Rename("old.txt", "new.txt", Replace::kNo); }},
    {"rename by case", [](Volume& v) { return v.Rename("new.txt", "New.Txt", Replace::kNo); }},
    {"save over", [](Volume& v) { return v.Rename("temporary", "target.txt", Replace::kYes); }},
    {"move",
     [](Volume& v) { return v.Rename("sub\\inner", "new directory\\moved", Replace::kNo); }},
    {"move over", [](Volume& v) { return v.Rename("sub\\over", "keep", Replace::kYes); }},
    {"move a directory", [](Volume& v) { return v.Rename("tree", "sub\\tree", Replace::kNo); }},
    {"remove", [](Volume& v) { return v.Remove("a name with some length.txt"); }},
    {"remove a directory", [](Volume& v) { return v.Remove("new directory\\another one"); }},
    {"set times",
     [](Volume& v) -> Status {
       BasicInformation change;
       change.attributes = kAttributeHidden;
       return TRY(v.Open("untouched")).file->SetBasic(change);
     }},
};

class WriteFailure : public OnFreshVolume {
 protected:
  void Prepare() {
    Mounted mounted(disk);
    Volume& volume = *mounted.volume;
    for (const char* directory : {"sub", "tree", "tree\\branch"}) {
      ASSERT_EQ(Make(volume, directory, EntryKind::kDirectory), Status::kSuccess);
    }
    u32 seed = 100;
    for (const char* file : {"untouched", "keep", "old.txt", "temporary", "target.txt",
                             "sub\\inner", "sub\\over", "tree\\branch\\leaf"}) {
      MakeFile(volume, file, seed++, 3000);
    }
    for (const char* file : {"hole", "empty"}) ASSERT_EQ(Make(volume, file), Status::kSuccess);
    // Ten more entries of a sector of sixteen: the next ones need another sector, or cluster.
    for (char c = 'a'; c <= 'j'; ++c) {
      ASSERT_EQ(Make(volume, (std::string("sub\\fill") + c).c_str()), Status::kSuccess);
    }
    disk = mounted.disk->bytes;
    ExpectClean(disk);
  }

  /// Runs the scenario with a failure at the n-th write; false: there are not so many.
  bool Fail(u32 n, bool stays_dead, FailedWrite failed_write) {
    Mounted mounted(disk);
    MemoryDisk& device = *mounted.disk;
    device.writes_until_failure = n;
    device.stays_dead = stays_dead;
    device.failed_write = failed_write;
    const Bytes untouched = Content(100, 3000);
    Tree expected = TreeOf(*mounted.volume);
    bool failed = false;
    std::string where;
    for (const Step& step : kSteps) {
      const Status status = step.run(*mounted.volume);
      if (IsFailure(status)) {
        EXPECT_FALSE(failed && !stays_dead && status == Status::kIoDeviceError) << step.name;
        if (!failed) where = step.name;
        failed = true;
      }
      if (device.dead) break;
      const Tree now = TreeOf(*mounted.volume);
      // Refused: as it was, but for bytes within a file that was being written.
      if (IsFailure(status)) {
        EXPECT_EQ(now, expected) << step.name << " at write " << n;
      }
      expected = now;
    }
    const bool reached = device.writes_until_failure == 0;
    device.dead = false;
    device.writes_until_failure = 0;
    Mounted fresh(device.bytes);
    const Tree after = TreeOf(*fresh.volume);
    EXPECT_TRUE(after.contains("untouched") && after.at("untouched") == untouched) << n;
    EXPECT_TRUE(after.contains("target.txt")) << where << " at write " << n;
    if (!stays_dead) {
      EXPECT_EQ(after, expected) << where << " at write " << n;
    }
    const ToolRun run = folder.Check(device.bytes);
    EXPECT_EQ(FirstRealComplaint(run.output), "") << where << " at write " << n << "\n"
                                                  << run.output;
    if (!reached) {
      EXPECT_FALSE(failed);
      EXPECT_EQ(run.status, 0) << run.output;
    }
    return reached;
  }

  void FailEach(bool stays_dead, FailedWrite failed_write) {
    Prepare();
    // All of them on the smallest volume; on the others, which cost more, some.
    const bool is_large = GetParam().kilobytes > 10'000;
    const u32 stride = (is_large ? 19 : GetParam().kilobytes > 1000 ? 3 : 1) * kEvery;
    const u32 mode = u32(stays_dead) * 2 + u32(failed_write == FailedWrite::kNothing);
    u32 n = 1 + mode % stride;
    while (!HasFailure() && Fail(n, stays_dead, failed_write)) n += stride;
    EXPECT_GT(n, 60u);
  }
};

TEST_P(WriteFailure, OnceAndNotDone) { FailEach(false, FailedWrite::kNothing); }
TEST_P(WriteFailure, OnceAndDoneAllTheSame) { FailEach(false, FailedWrite::kEverything); }
TEST_P(WriteFailure, ForEverAndNotDone) { FailEach(true, FailedWrite::kNothing); }
TEST_P(WriteFailure, ForEverAfterItWasDone) { FailEach(true, FailedWrite::kEverything); }

ON_FRESH_VOLUMES(WriteFailure);

class WriteAllocation : public OnFreshVolume {};

TEST_P(WriteAllocation, EveryAllocationFailsInTurn) {
  for (const Step& step : kSteps) {
    if (std::string_view(step.name) != "create" && std::string_view(step.name) != "grow") continue;
    for (int n = 1;; ++n) {
      Mounted mounted(disk);
      ASSERT_EQ(Make(*mounted.volume, "empty"), Status::kSuccess);
      const Bytes before = mounted.disk->bytes;
      fl::test::FailAllocation(n);
      const Status status = step.run(*mounted.volume);
      const bool reached = fl::test::AllocationFailed();
      fl::test::FailAllocation(0);
      if (!reached) {
        EXPECT_EQ(status, Status::kSuccess);
        EXPECT_GT(n, 2);
        break;
      }
      EXPECT_EQ(status, Status::kNoMemory) << step.name;
      EXPECT_TRUE(before == mounted.disk->bytes) << step.name << " at " << n;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, WriteAllocation, testing::Values(kFreshVolumes[0]),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(WriteProtected, IsSaidAndChangesNothing) {
  FatImage image(FatImage::Options{});
  image.AddFile(kRoot, "A       TXT", {13}, 10, 2);
  Mounted mounted(image);
  mounted.disk->write_protected = true;
  for (const Step& step :
       {Step{"create", [](Volume& v) { return Make(v, "b"); }},
        Step{"write", [](Volume& v) { return Write(v, "a.txt", 0, 1, 600); }},
        Step{"cut", [](Volume& v) { return Cut(v, "a.txt", 0); }},
        Step{"rename", [](Volume& v) { return v.Rename("a.txt", "c.txt", Replace::kNo); }},
        Step{"remove", [](Volume& v) { return v.Remove("a.txt"); }}}) {
    EXPECT_EQ(step.run(*mounted.volume), Status::kMediaWriteProtected) << step.name;
  }
  EXPECT_TRUE(mounted.disk->bytes == image.bytes);
  ExpectContent(*mounted.volume, "a.txt", 2, 10);
}

}  // namespace
}  // namespace fl::fs
