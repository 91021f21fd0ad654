// What the tests of volumes have in common.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "fs/fat/volume.h"
#include "tests/fakes/fake_system.h"
#include "tests/fakes/fat_image.h"
#include "tests/fakes/memory_disk.h"

namespace fl::fs::test {

using fl::test::Content;
using fl::test::FakeSystem;
using fl::test::FatImage;
using fl::test::MemoryDisk;
using Bytes = std::vector<std::byte>;

inline constexpr std::uint32_t kRoot = FatImage::kRoot;

/// For volumes of which it does not matter what day it is.
inline FakeSystem plain_system;

/// A disk and the volume mounted on it.
struct Mounted {
  explicit Mounted(const FatImage& image) : Mounted(image.bytes) {}
  explicit Mounted(Bytes bytes) : disk(std::make_unique<MemoryDisk>(std::move(bytes))) {
    MountError error;
    auto result = fat::FatVolume::Mount(*disk, 7, *system, &error);
    EXPECT_EQ(result.status(), Status::kSuccess) << error.reason;
    if (result.ok()) volume = *result;
  }
  Result<Opened> Open(std::string_view path) { return volume->Open(path); }
  RefPtr<File> FileAt(std::string_view path) {
    auto opened = volume->Open(path);
    EXPECT_EQ(opened.status(), Status::kSuccess) << path;
    if (!opened.ok()) return nullptr;
    EXPECT_TRUE(opened->file) << path;
    return opened->file;
  }

  std::unique_ptr<MemoryDisk> disk;
  std::unique_ptr<FakeSystem> system = std::make_unique<FakeSystem>();
  RefPtr<fat::FatVolume> volume;
};

/// The whole of a file in one read; empty after a failure.
inline Result<Bytes> ReadWhole(File& file) {
  Bytes bytes(file.Size());
  TRY_STATUS(file.ReadAt(0, std::span(bytes)));
  return bytes;
}

inline void ExpectContent(Volume& volume, std::string_view path, u32 seed, u64 size) {
  auto opened = volume.Open(path);
  ASSERT_EQ(opened.status(), Status::kSuccess) << path;
  ASSERT_TRUE(opened->file) << path;
  EXPECT_EQ(opened->file->Size(), size);
  auto bytes = ReadWhole(*opened->file);
  ASSERT_EQ(bytes.status(), Status::kSuccess) << path;
  EXPECT_TRUE(*bytes == Content(seed, size)) << path;
}

/// The names of a directory's entries, as stored; stops at the first failure, which goes to
/// `status`.
inline std::vector<std::string> Names(Volume& volume, std::string_view path,
                                      Status* status = nullptr) {
  std::vector<std::string> names;
  auto opened = volume.Open(path);
  EXPECT_EQ(opened.status(), Status::kSuccess) << path;
  if (!opened.ok() || !opened->directory) return names;
  DirectoryEntryInfo info;
  while (true) {
    const auto more = opened->directory->Next(&info);
    if (status) {
      *status = more.status();
    } else {
      EXPECT_EQ(more.status(), Status::kSuccess);
    }
    if (!more.ok() || !*more) return names;
    names.emplace_back(info.name.view());
  }
}

}  // namespace fl::fs::test
